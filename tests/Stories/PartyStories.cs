using EContract.Client;
using EContract.Proto.Signer.V1;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>R8: the bank seals first, then every party signs in its role and turn.</summary>
[Collection(StoryGroup.Name)]
public sealed class PartyStories(LocalInstallation installation)
{
    [Fact]
    public async Task The_bank_seals_first_and_a_person_with_two_roles_signs_twice()
    {
        using var caller = installation.Connect("portal");
        var portal = caller.Portal;
        var bank = await installation.EnrolAsync(seal: true);
        var (debtor, guarantor) = (await installation.EnrolAsync(), await installation.EnrolAsync());
        Party[] parties =
        [
            Declare(bank, PartyKind.Organisation, "貸主", 559),
            Declare(debtor, PartyKind.Person, "債務者", 449),
            Declare(guarantor, PartyKind.Person, "連帯保証人", 339),
            Declare(debtor, PartyKind.Person, "会社代表者", 0),
        ];
        await using var contract = File.OpenRead(LocalInstallation.Contract);
        var document = (await portal.UploadAsync("金銭消費貸借契約書.pdf", contract, parties)).DocumentId;
        await RefusedAsync("PARTY_OUT_OF_TURN", debtor, document);

        var challenge = await portal.BeginSealAsync(bank.CredentialId);
        var otp = await installation.CodeOfAsync(bank);
        await using (var seal = await portal.OpenSealAsync(challenge.ChallengeId, otp, bank.Pin, 1, TimeSpan.FromMinutes(5)))
        {
            await seal.SignAsync([Bare(document)]);
            await Signing.RefusedAsync("PARTY_ALREADY_SIGNED", () => seal.SignAsync([Bare(document)]));
        }

        await RefusedAsync("PARTY_OUT_OF_TURN", guarantor, document);
        await SignAsync(portal, debtor, document);
        await RefusedAsync("PARTY_OUT_OF_TURN", debtor, document);
        await SignAsync(portal, guarantor, document);
        await SignAsync(portal, debtor, document);

        var known = await portal.GetDocumentAsync(document);
        Assert.Equal((5, 0), (known.Version, known.NextParty));
        Assert.Equal([2, 3, 4, 5], known.Parties.Select(party => party.SignedVersion));
        Assert.Equal(4, await installation.TrustedSignaturesAsync(await portal.DownloadAsync(document)));
        await RefusedAsync("PARTY_UNKNOWN", await installation.EnrolAsync(), document);

        Task RefusedAsync(string reason, Subscriber who, string id) =>
            Signing.RefusedAsync(reason, () => portal.BeginAsync(who.CredentialId, [Bare(id)]));
    }

    private async Task SignAsync(SigningPortal portal, Subscriber who, string document)
    {
        var begun = await portal.BeginAsync(who.CredentialId, [Bare(document)]);
        await portal.CompleteAsync(begun.ActivationId, await installation.CodeOfAsync(who), who.Pin);
    }

    /// <summary>Everything else was declared.</summary>
    private static SignatureItem Bare(string document) => new() { Pdf = new PdfSignature { DocumentId = document } };

    private static Party Declare(Subscriber who, PartyKind kind, string role, double y) =>
        new()
        {
            SubscriberId = who.Id,
            Kind = kind,
            Role = role,
            Reason = "契約内容に同意します",
            Placement = y == 0 ? null : Signing.Item("", role, y).Pdf.Placement,
        };
}
