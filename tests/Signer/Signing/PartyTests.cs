using EContract.Hosting.Errors;
using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Signer.Parties;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Signer.Tests.Signing;

/// <summary>R8: the bank first, then every party in its role, a person with two roles once per role.</summary>
[Collection(TokenTests.Name)]
public sealed class PartyTests(TokenFixture token) : IAsyncLifetime
{
    private static readonly byte[] Contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);

    private Bank _bank = null!;
    private SignerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task Parties_sign_in_their_order_and_a_person_with_two_roles_signs_twice()
    {
        var (seal, taro, hanako) = (
            await _node.EnrollAsync("株式会社みらい銀行", seal: true),
            await _node.EnrollAsync("山田太郎"),
            await _node.EnrollAsync("佐藤花子")
        );
        var document = await _node.UploadAsync(
            Contract,
            "契約書.pdf",
            Party(seal, "貸主", PartyKind.Organisation),
            Party(taro, "債務者"),
            Party(hanako, "連帯保証人"),
            Party(taro, "代表者")
        );
        var early = await Refusal.IsAsync(Fault.PartyOutOfTurn, () => _node.BeginAsync(taro, Order.Pdf(document.Id)));
        Assert.Equal(("1", "貸主"), (early.FaultMetadata["turn"], early.FaultMetadata["turn_role"]));

        var session = await _node.OpenSealAsync(seal);
        await _node.Sealing.SignAsync(SignerNode.Portal, _node.Request(), session.Id, [Bare(document)], CancellationToken.None);
        await Refusal.IsAsync(Fault.PartyOutOfTurn, () => _node.BeginAsync(hanako, Order.Pdf(document.Id, "連帯保証人")));
        await Refusal.IsAsync(Fault.PartyOutOfTurn, () => _node.BeginAsync(taro, Order.Pdf(document.Id, "代表者")));
        await SignAsync(taro, Bare(document));
        await Refusal.IsAsync(Fault.PartyAlreadySigned, () => _node.BeginAsync(taro, Order.Pdf(document.Id)));
        await Refusal.IsAsync(Fault.PartyUnknown, () => _node.BeginAsync(hanako, Order.Pdf(document.Id, "立会人")));
        await SignAsync(hanako, Order.Pdf(document.Id, "連帯保証人"));
        await SignAsync(taro, Bare(document));
        await Refusal.IsAsync(Fault.PartyAlreadySigned, () => _node.BeginAsync(taro, Bare(document)));

        var parties = await _node.Get<PartyDesk>().ListAsync(document.Id, CancellationToken.None);
        Assert.Equal([2, 3, 4, 5], parties.Select(p => p.SignedVersion!.Value));
        Assert.Equal(4, (await PdfSig.CheckAsync(await _node.ReadAsync(document.Id))).Valid);
    }

    [Fact]
    public async Task Who_is_no_party_does_not_sign()
    {
        var (seal, taro, stranger) = (
            await _node.EnrollAsync("株式会社みらい銀行", seal: true),
            await _node.EnrollAsync("山田太郎"),
            await _node.EnrollAsync("佐藤花子")
        );
        var document = await _node.UploadAsync(
            Contract,
            "契約書.pdf",
            Party(seal, "貸主", PartyKind.Organisation),
            Party(taro, "債務者", PartyKind.Organisation)
        );
        await Refusal.IsAsync(Fault.PartyUnknown, () => _node.BeginAsync(stranger, Bare(document)));
        await SignAsync(seal, Bare(document));
        // Declared as an organisation, he has no seal.
        await Refusal.IsAsync(Fault.PartyUnknown, () => _node.BeginAsync(taro, Bare(document)));
    }

    [Fact]
    public async Task Of_two_completions_of_one_turn_one_signs()
    {
        var seal = await _node.EnrollAsync("株式会社みらい銀行", seal: true);
        var document = await _node.UploadAsync(Contract, "契約書.pdf", Party(seal, "貸主", PartyKind.Organisation));
        var first = await _node.BeginAsync(seal, Bare(document));
        var firstOtp = _bank.Mail.Code;
        var second = await _node.BeginAsync(seal, Bare(document));
        await _node.CompleteAsync(second);
        await Refusal.IsAsync(Fault.DocumentChanged, () => _node.CompleteAsync(first, firstOtp));
    }

    [Fact]
    public async Task What_the_declaration_says_is_taken_over_and_not_contradicted()
    {
        var seal = await _node.EnrollAsync("株式会社みらい銀行", seal: true);
        var place = new SignaturePlacement(-1, new Rectangle(305, 559, 220, 86));
        var party = Party(seal, "貸主", PartyKind.Organisation) with { Reason = "融資の実行", Placement = place, FieldName = "lender" };
        var document = await _node.UploadAsync(Contract, "契約書.pdf", party);
        var elsewhere = Bare(document) with { Placement = place with { Page = 1 } };
        await Refusal.IsAsync(Fault.InvalidArgument, () => _node.BeginAsync(seal, elsewhere));
        await Refusal.IsAsync(Fault.InvalidArgument, () => _node.BeginAsync(seal, Bare(document) with { Reason = "別の理由" }));
        await Refusal.IsAsync(Fault.InvalidArgument, () => _node.BeginAsync(seal, Bare(document) with { FieldName = "other" }));
        var begun = await _node.BeginAsync(seal, Bare(document));
        Assert.Equal(("貸主", "lender"), (begun.Items[0].Role, begun.Items[0].FieldName));
        await _node.CompleteAsync(begun);
        using var signed = new MemoryStream(await _node.ReadAsync(document.Id));
        var signature = Assert.Single(new SignatureReader(PdfDocument.Open(signed)).Signatures);
        Assert.Equal(("融資の実行", "lender"), (signature.Reason, signature.FieldName));
    }

    [Fact]
    public async Task Declarations_that_make_no_sense_are_refused()
    {
        var (seal, taro) = (await _node.EnrollAsync("株式会社みらい銀行", seal: true), await _node.EnrollAsync("山田太郎"));
        var bank = Party(seal, "貸主", PartyKind.Organisation);
        await RefusedAsync(Fault.InvalidArgument, Party(taro, "債務者"), bank);
        await RefusedAsync(Fault.InvalidArgument, bank, Party(taro, "債務者"), Party(taro, "債務者"));
        await RefusedAsync(Fault.InvalidArgument, bank, Party(taro, ""));
        await RefusedAsync(Fault.TooManyItems, [.. Enumerable.Repeat(bank, 51)]);
        var strict = await _bank.StartNodeAsync(change: options => options.Parties.Required = true);
        await Refusal.IsAsync(Fault.InvalidArgument, () => strict.UploadAsync(Contract));
        var free = await _bank.StartNodeAsync(change: options => options.Parties.OrganisationFirst = false);
        await free.UploadAsync(Contract, "契約書.pdf", Party(taro, "債務者"));

        Task RefusedAsync(Fault fault, params DeclaredParty[] parties) =>
            Refusal.IsAsync(fault, () => _node.UploadAsync(Contract, "契約書.pdf", parties));
    }

    private async Task SignAsync(Credential credential, PdfOrder order) =>
        await _node.CompleteAsync(await _node.BeginAsync(credential, order));

    private static DeclaredParty Party(Credential credential, string role, PartyKind kind = PartyKind.Person) =>
        new(credential.SubscriberId, kind, role, "", null, null, null);

    /// <summary>Says nothing that the declaration could say.</summary>
    private static PdfOrder Bare(Documents.StoredDocument document) => Order.Pdf(document.Id, "") with { Reason = "" };
}
