using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EContract.Hosting.Errors;
using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit.Documents;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Signing;

[Collection(TokenTests.Name)]
public sealed class SealTests(TokenFixture token) : IAsyncLifetime
{
    private Bank _bank = null!;
    private SignerNode _node = null!;
    private Credential _seal = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
        _seal = await _node.EnrollAsync("株式会社見本", seal: true);
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task Calls_side_by_side_get_their_own_signatures()
    {
        var session = await _node.OpenSealAsync(_seal, signatures: 200);
        using var certificate = X509CertificateLoader.LoadCertificate(_seal.Certificate!);
        using var key = certificate.GetECDsaPublicKey()!;
        var results = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => Task.Run(async () => (i, await SignAsync(session, Order.Raw($"a{i}"), Order.Raw($"b{i}")))))
        );
        foreach (var (i, result) in results)
        {
            Assert.True(
                key.VerifyData(
                    Encoding.UTF8.GetBytes($"a{i}"),
                    result.Items[0].Signature,
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.Rfc3279DerSequence
                )
            );
            Assert.True(
                key.VerifyData(
                    Encoding.UTF8.GetBytes($"b{i}"),
                    result.Items[1].Signature,
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.Rfc3279DerSequence
                )
            );
        }

        Assert.Equal(120, results.Min(r => r.Item2.SignaturesLeft));
    }

    [Fact]
    public async Task A_session_signs_no_more_than_it_was_opened_for()
    {
        var session = await _node.OpenSealAsync(_seal, signatures: 3);
        await SignAsync(session, Order.Raw("1"), Order.Raw("2"));
        await Refusal.IsAsync(Fault.SealSessionEnded, () => SignAsync(session, Order.Raw("3"), Order.Raw("4")));
        await SignAsync(session, Order.Raw("3"));
        await Refusal.IsAsync(Fault.SealSessionEnded, () => SignAsync(session, Order.Raw("4")));
    }

    [Fact]
    public async Task The_repeated_call_gets_the_same_signature_and_uses_nothing_up()
    {
        var session = await _node.OpenSealAsync(_seal, signatures: 3);
        var request = _node.Request();
        var first = await SignAsync(session, request, Order.Raw());
        var second = await SignAsync(session, request, Order.Raw());
        Assert.Equal(first.Items[0].Signature, second.Items[0].Signature);
        Assert.Equal(2, second.SignaturesLeft);
        var changed = request with { Fingerprint = SHA256.HashData("other"u8) };
        await Refusal.IsAsync(Fault.RequestIdReused, () => SignAsync(session, changed, Order.Raw()));
    }

    [Fact]
    public async Task A_reservation_that_was_cut_off_is_never_released()
    {
        var session = await _node.OpenSealAsync(_seal);
        var request = _node.Request();
        await using (var db = await _node.OpenDatabaseAsync())
        {
            db.SealRequests.Add(
                new SealRequest
                {
                    SessionId = session.Id,
                    RequestId = request.RequestId,
                    RequestFingerprint = request.Fingerprint,
                    State = ActivationState.Reserved,
                    Digests = [Order.Raw().Digest],
                    ReservedAt = _bank.Time.GetUtcNow(),
                }
            );
            await db.SaveChangesAsync();
        }

        await Refusal.IsAsync(Fault.RequestInProgress, () => SignAsync(session, request, Order.Raw()));
        _bank.Time.Advance(TimeSpan.FromMinutes(3));
        await Refusal.IsAsync(Fault.ActivationAmbiguous, () => SignAsync(session, request, Order.Raw()));
    }

    [Fact]
    public async Task Documents_are_sealed_with_a_time_stamp_in_one_call()
    {
        var session = await _node.OpenSealAsync(_seal);
        var document = await _node.UploadAsync(LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic));
        var request = _node.Request();
        var result = await SignAsync(
            session,
            request,
            Order.Pdf(document.Id, "貸主", ItemLevel.Timestamped),
            Order.Cades("送付状", ItemLevel.Timestamped)
        );
        Assert.Equal(2, result.Items[0].Version);
        Assert.Equal(98, result.SignaturesLeft);
        var again = await SignAsync(
            session,
            request,
            Order.Pdf(document.Id, "貸主", ItemLevel.Timestamped),
            Order.Cades("送付状", ItemLevel.Timestamped)
        );
        Assert.Equal(result.Items[1].Signature, again.Items[1].Signature);
        var signed = await _node.ReadAsync(document.Id);
        Assert.Equal(1, (await PdfSig.CheckAsync(signed)).Valid);
    }

    [Fact]
    public async Task Only_a_seal_is_opened_and_only_with_both_factors()
    {
        var person = await _node.EnrollAsync();
        await Refusal.IsAsync(
            Fault.CredentialKindMismatch,
            () => _node.Seals.BeginAsync(SignerNode.Portal, "r", person.Id, CancellationToken.None)
        );
        var begun = await _node.Seals.BeginAsync(SignerNode.Portal, "r", _seal.Id, CancellationToken.None);
        await Refusal.IsAsync(Fault.PinWrong, () => OpenAsync(begun.ChallengeId, _bank.Mail.Code, "another1Pin"));
        var opened = await OpenAsync(begun.ChallengeId, _bank.Mail.Code, SignerNode.Pin);
        var again = await OpenAsync(begun.ChallengeId, _bank.Mail.Code, SignerNode.Pin);
        Assert.Equal(opened.Session!.Id, again.Session!.Id);
    }

    [Fact]
    public async Task Another_node_or_caller_cant_use_the_session()
    {
        var session = await _node.OpenSealAsync(_seal);
        var other = await _bank.StartNodeAsync();
        await Refusal.IsAsync(
            Fault.SealSessionElsewhere,
            () => other.Sealing.SignAsync(SignerNode.Portal, other.Request(), session.Id, [Order.Raw()], CancellationToken.None)
        );
        var stranger = new CallOrigin("another-portal", "test");
        await Refusal.IsAsync(
            Fault.SealSessionNotFound,
            () => _node.Sealing.SignAsync(stranger, _node.Request(call: stranger), session.Id, [Order.Raw()], CancellationToken.None)
        );
    }

    [Fact]
    public async Task Closing_expiry_and_revocation_end_a_session()
    {
        var closed = await _node.OpenSealAsync(_seal);
        await _node.Seals.CloseAsync(SignerNode.Portal, closed.Id, CancellationToken.None);
        await _node.Seals.CloseAsync(SignerNode.Portal, closed.Id, CancellationToken.None);
        await Refusal.IsAsync(Fault.SealSessionEnded, () => SignAsync(closed, Order.Raw()));

        var expired = await _node.OpenSealAsync(_seal);
        _bank.Time.Advance(TimeSpan.FromMinutes(11));
        await Refusal.IsAsync(Fault.SealSessionEnded, () => SignAsync(expired, Order.Raw()));

        var revoked = await _node.OpenSealAsync(_seal);
        _bank.Ca.Set(_seal.SerialNumber!, CertificateStanding.Revoked, silent: true);
        await Refusal.IsAsync(Fault.CredentialRevoked, () => SignAsync(revoked, Order.Raw()));
    }

    [Fact]
    public async Task A_revocation_that_the_feed_tells_ends_the_session_before_the_authority_is_asked_again()
    {
        await _node.StartFeedsAsync();
        var session = await _node.OpenSealAsync(_seal);
        await SignAsync(session, Order.Raw("1"));
        _bank.Ca.Set(_seal.SerialNumber!, CertificateStanding.Revoked);
        await Eventually.IsAsync(async () =>
            (await _node.Credentials.GetAsync(SignerNode.Portal, _seal.Id, CancellationToken.None)).State == CredentialState.Revoked
        );
        await Assert.ThrowsAsync<ServiceException>(() => SignAsync(session, Order.Raw("2")));
        await using var db = await _node.OpenDatabaseAsync();
        Assert.Equal(1, await db.SealRequests.CountAsync());
    }

    private Task<SealResult> SignAsync(SealSession session, params SigningOrder[] orders) => SignAsync(session, _node.Request(), orders);

    private Task<SealResult> SignAsync(SealSession session, RequestKey request, params SigningOrder[] orders) =>
        _node.Sealing.SignAsync(SignerNode.Portal, request, session.Id, orders, CancellationToken.None);

    private async Task<SealOpening> OpenAsync(ChallengeId challenge, string otp, string pin)
    {
        using var secret = SecretBytes.FromText(pin);
        return await _node.Seals.OpenAsync(SignerNode.Portal, challenge, otp, secret, 10, TimeSpan.FromMinutes(10), CancellationToken.None);
    }
}
