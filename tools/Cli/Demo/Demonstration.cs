using System.Security.Cryptography;
using EContract.Cli.Connections;
using EContract.Cli.Development;
using EContract.Client;
using EContract.Proto.Ra.V1;
using EContract.Proto.Signer.V1;
using Google.Protobuf;

namespace EContract.Cli.Demo;

/// <summary>A loan contract from registration to verification, as real callers would do it over mutual TLS.</summary>
internal sealed class Demonstration(DemoStage stage)
{
    private readonly Outbox _outbox = new(stage.Home);

    public async Task RunAsync(string contract, CancellationToken cancellationToken)
    {
        using var maker = Connection.Open(stage.Home, stage.Server, "ra-maker");
        using var approver = Connection.Open(stage.Home, stage.Server, "ra-approver");
        using var portal = Connection.Open(stage.Home, stage.Server, "portal");
        var (bank, debtor, guarantor) = (Cast.Bank(), Cast.Debtor(), Cast.Guarantor());

        Steps.Heading("Registration (maker and approver are different people)");
        foreach (var party in new[] { bank, debtor, guarantor })
        {
            var registered = await RegisterAsync(maker, approver, party, cancellationToken);
            party.SubscriberId = registered.SubscriberId;
            await EnrolAsync(portal.Portal, party, registered.ApplicationId, cancellationToken);
        }

        Steps.Heading("The contract");
        var uploaded = await Steps.DoAsync(
            $"portal uploads {Path.GetFileName(contract)} with its parties in order",
            async () =>
            {
                await using var stream = File.OpenRead(contract);
                return await portal.Portal.UploadAsync(
                    "金銭消費貸借契約書.pdf",
                    stream,
                    [bank.Declared(), debtor.Declared(), guarantor.Declared()],
                    cancellationToken
                );
            },
            answer => $"{answer.DocumentId}, {answer.Size:N0} bytes"
        );
        await Steps.RefusedAsync(
            $"{guarantor.Data.Name} wants to sign before the others",
            "PARTY_OUT_OF_TURN",
            () => portal.Portal.BeginAsync(guarantor.CredentialId, [Item(uploaded.DocumentId)], cancellationToken: cancellationToken)
        );
        await SealAsync(portal.Portal, bank, uploaded.DocumentId, cancellationToken);
        await SignAsync(portal.Portal, debtor, uploaded.DocumentId, showRefusals: true, cancellationToken);
        await SignAsync(portal.Portal, guarantor, uploaded.DocumentId, showRefusals: false, cancellationToken);

        var path = stage.Result("loan-contract-signed.pdf");
        await Steps.DoAsync(
            "portal fetches the signed document",
            async () =>
            {
                await using var target = File.Create(path);
                return await portal.Portal.DownloadAsync(uploaded.DocumentId, target, 0, cancellationToken);
            },
            description => $"version {description.Version}, {description.Size:N0} bytes"
        );

        Steps.Heading("Verification by programs that we did not write");
        await new Witnesses(stage).VerifyAsync(contract, path, portal, debtor.CredentialId, cancellationToken);
    }

    private static async Task<Change> RegisterAsync(Connection maker, Connection approver, Party party, CancellationToken cancellationToken)
    {
        var submitted = await Steps.DoAsync(
            $"ra-maker registers {party.Data.Name}",
            () =>
                RefusedException.TranslateAsync(() =>
                    maker
                        .Registration.SubmitChangeAsync(
                            new SubmitChangeRequest
                            {
                                RequestId = Guid.NewGuid().ToString("N"),
                                Operation = new ChangeOperation
                                {
                                    Register = new RegisterSubscriber { Data = party.Data, CertificateProfile = party.Profile },
                                },
                                Reason = "demonstration",
                                PaperReference = "受付番号 DEMO",
                            },
                            cancellationToken: cancellationToken
                        )
                        .ResponseAsync
                ),
            answer => $"{answer.Change.ChangeId} {answer.Change.State.ToString().ToLowerInvariant()}"
        );
        var approved = await Steps.DoAsync(
            "ra-approver approves",
            () =>
                RefusedException.TranslateAsync(() =>
                    approver
                        .Registration.ApproveChangeAsync(
                            new ApproveChangeRequest { ChangeId = submitted.Change.ChangeId },
                            cancellationToken: cancellationToken
                        )
                        .ResponseAsync
                ),
            answer => $"subscriber {answer.Change.SubscriberId}, application {answer.Change.ApplicationId}"
        );
        return approved.Change;
    }

    private async Task EnrolAsync(SigningPortal portal, Party party, string application, CancellationToken cancellationToken)
    {
        var seen = _outbox.Files();
        var begun = await portal.Enrollment.BeginAsync(application, cancellationToken: cancellationToken);
        var otp = await _outbox.WaitForCodeAsync(party.Data.Email, seen, cancellationToken);
        var credential = await Steps.DoAsync(
            $"{party.Data.Name} enrols: password from the mail to {begun.Otp.MaskedDestination}, PIN of his own choice",
            () => portal.Enrollment.CompleteAsync(begun.EnrollmentId, otp, party.Pin, party.KeyAlgorithm, cancellationToken),
            made => $"{made.KeyAlgorithm} key in the token, certificate {made.SerialNumber}"
        );
        await File.WriteAllBytesAsync(
            Path.Combine(stage.Evidence, $"{credential.CredentialId}.cer"),
            credential.Certificate.ToByteArray(),
            cancellationToken
        );
        await Steps.DoAsync(
            "accepts the certificate with the PIN",
            () => portal.Enrollment.AcceptAsync(credential.CredentialId, party.Pin, cancellationToken),
            accepted => $"{accepted.State.ToString().ToLowerInvariant()}: {accepted.Subject}"
        );
        party.CredentialId = credential.CredentialId;
    }

    private async Task SealAsync(SigningPortal portal, Party bank, string document, CancellationToken cancellationToken)
    {
        var seen = _outbox.Files();
        var challenge = await portal.BeginSealAsync(bank.CredentialId, cancellationToken);
        var otp = await _outbox.WaitForCodeAsync(bank.Data.Email, seen, cancellationToken);
        await using var seal = await Steps.DoAsync(
            $"{bank.Data.Name}'s operator opens the seal with two factors",
            () => portal.OpenSealAsync(challenge.ChallengeId, otp, bank.Pin, 10, TimeSpan.FromMinutes(5), cancellationToken),
            open => $"{open.SignaturesLeft} signatures until {open.ExpireTime:HH:mm:ss}Z"
        );
        await Steps.DoAsync(
            $"the seal signs as {bank.Role}",
            () => seal.SignAsync([Item(document)], cancellationToken: cancellationToken),
            items => $"version {items[0].Version}"
        );
    }

    private async Task SignAsync(SigningPortal portal, Party party, string document, bool showRefusals, CancellationToken cancellationToken)
    {
        var seen = _outbox.Files();
        var begun = await Steps.DoAsync(
            $"{party.Data.Name} begins to sign as {party.Role}",
            () => portal.BeginAsync(party.CredentialId, [Item(document)], cancellationToken: cancellationToken),
            answer => $"{answer.Items[0].Name} [{answer.Items[0].ShortDigest}], password to {answer.Otp.MaskedDestination}"
        );
        var otp = await _outbox.WaitForCodeAsync(party.Data.Email, seen, cancellationToken);
        if (showRefusals)
        {
            var wrongPin = new string([.. party.Pin.Reverse()]);
            await Steps.RefusedAsync(
                "a wrong PIN",
                "PIN_WRONG",
                () => portal.CompleteAsync(begun.ActivationId, otp, wrongPin, cancellationToken)
            );
        }

        await Steps.DoAsync(
            "one-time password and PIN",
            () => portal.CompleteAsync(begun.ActivationId, otp, party.Pin, cancellationToken),
            answer => $"signed and time-stamped, version {answer.Items[0].Version}"
        );
        if (showRefusals)
        {
            var again = await portal.BeginAsync(
                party.CredentialId,
                [new SignatureItem { Digest = Replayed() }],
                cancellationToken: cancellationToken
            );
            await Steps.RefusedAsync(
                "replay: the used password for another activation",
                "OTP_WRONG",
                () => portal.CompleteAsync(again.ActivationId, otp, party.Pin, cancellationToken)
            );
            await portal.CancelAsync(again.ActivationId, cancellationToken);
        }
    }

    /// <summary>Role, reason and place are those that were declared with the document.</summary>
    private static SignatureItem Item(string document) =>
        new()
        {
            Pdf = new PdfSignature { DocumentId = document, Level = SignatureLevel.BLta },
        };

    private static DigestSignature Replayed() =>
        new()
        {
            Name = "別の書類",
            DigestAlgorithm = "SHA-256",
            Digest = ByteString.CopyFrom(SHA256.HashData("another document"u8)),
            Format = SignatureFormat.Cades,
            Level = SignatureLevel.BB,
        };
}
