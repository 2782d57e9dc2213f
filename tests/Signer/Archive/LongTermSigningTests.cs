using System.Text;
using EContract.Hosting.Errors;
using EContract.Pki.X509;
using EContract.Signer.Signing;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Signer.Tests.Archive;

/// <summary>Signing at B-LT and B-LTA: what is released stays verifiable without the authorities, and nothing is lost while they are away.</summary>
[Collection(TokenTests.Name)]
public sealed class LongTermSigningTests(TokenFixture token) : IAsyncLifetime
{
    private static readonly byte[] Contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);

    private readonly TemporaryFolder _folder = new();
    private Bank _bank = null!;
    private SignerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token, pki: true);
        _node = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _bank.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ItemLevel.LongTerm, 1)]
    [InlineData(ItemLevel.LongTermArchive, 2)]
    public async Task A_pdf_carries_what_a_later_validation_needs(ItemLevel level, int tokens)
    {
        var original = Contract;
        var signed = await SignAsync(original, level);
        Assert.True(signed.AsSpan().StartsWith(original));
        var (valid, text) = await PdfSig.CheckAsync(signed);
        // Poppler does not judge document time-stamps; OpenSSL does, below.
        Assert.True(valid == 1, text);
        var (code, qpdf) = await ForeignTool.RunAsync("qpdf", "--check", _folder.Write("signed.pdf", signed));
        Assert.True(code == 0, qpdf);
        var kept = Preserved.In(signed);
        // Signer, time-stamp unit, responder, issuing authority.
        Assert.Equal(4, kept.Certificates.Count);
        Assert.Equal(2, kept.OcspResponses.Count);
        Assert.Single(kept.RevocationLists);
        await Preserved.RequireTokensAsync(signed, _bank.RootPem, tokens);
    }

    [Fact]
    public async Task Each_further_signature_leaves_the_earlier_revisions_as_they_are()
    {
        var first = await _node.EnrollAsync("山田太郎");
        var second = await _node.EnrollAsync("山田花子");
        var document = await _node.UploadAsync(Contract);
        await _node.CompleteAsync(await _node.BeginAsync(first, Order.Pdf(document.Id, level: ItemLevel.LongTermArchive)));
        var once = await _node.ReadAsync(document.Id);
        await _node.CompleteAsync(await _node.BeginAsync(second, Order.Pdf(document.Id, "連帯保証人", ItemLevel.LongTermArchive)));
        var twice = await _node.ReadAsync(document.Id);
        Assert.True(twice.AsSpan().StartsWith(once));
        Assert.Equal(2, (await PdfSig.CheckAsync(twice)).Valid);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cades_signature_is_archived_and_openssl_still_verifies_it(bool attached)
    {
        var credential = await _node.EnrollAsync();
        var order = Order.Cades("契約", ItemLevel.LongTermArchive, attached);
        var done = await _node.CompleteAsync(await _node.BeginAsync(credential, order));
        var cms = _folder.Write("signature.p7s", done.Items[0].Result!);
        string[] content = attached ? [] : ["-content", _folder.Write("content.txt", Encoding.UTF8.GetBytes("契約"))];
        var (code, output) = await ForeignTool.RunAsync(
            "openssl",
            [
                "cms",
                "-verify",
                "-binary",
                "-inform",
                "DER",
                "-in",
                cms,
                .. content,
                "-CAfile",
                _folder.Write("root.pem", Encoding.ASCII.GetBytes(_bank.RootPem)),
                "-purpose",
                "any",
                "-out",
                Path.Combine(_folder.Path, "out"),
            ]
        );
        Assert.True(code == 0, output);
        await Preserved.RequireArchivedAsync(done.Items[0].Result!, order.Digest, _bank.RootPem);
    }

    [Fact]
    public async Task While_the_responder_is_away_the_signature_waits_and_nothing_is_signed_twice()
    {
        var credential = await _node.EnrollAsync();
        var document = await _node.UploadAsync(Contract);
        var activation = await _node.BeginAsync(credential, Order.Pdf(document.Id, level: ItemLevel.LongTermArchive));
        var otp = _bank.Mail.Code;
        (_bank.Pki!.OcspUp, _bank.Pki.CrlUp) = (false, false);
        var refused = await Refusal.IsAsync(Fault.RevocationSourceUnavailable, () => _node.CompleteAsync(activation, otp));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        (_bank.Pki.OcspUp, _bank.Pki.CrlUp) = (true, true);
        // Another node, so that no memory of the failure is left.
        var other = await StartAsync();
        var done = await other.CompleteAsync(activation, otp);
        var again = await other.CompleteAsync(activation, otp);
        Assert.Equal(done.Items[0].ResultDigest, again.Items[0].ResultDigest);
        await Preserved.RequireTokensAsync(await other.ReadAsync(document.Id), _bank.RootPem, 2);
    }

    [Fact]
    public async Task A_responder_that_is_away_at_the_beginning_is_told_before_anything_is_sent()
    {
        var credential = await _node.EnrollAsync();
        (_bank.Pki!.OcspUp, _bank.Pki.CrlUp) = (false, false);
        var sent = _bank.Mail.Messages.Count;
        await Refusal.IsAsync(
            Fault.RevocationSourceUnavailable,
            () => _node.BeginAsync(credential, Order.Cades(level: ItemLevel.LongTerm))
        );
        Assert.Equal(sent, _bank.Mail.Messages.Count);
    }

    [Theory]
    [InlineData(CyclePoint.SignaturesStored)]
    [InlineData(CyclePoint.Timestamped)]
    public async Task A_node_that_is_lost_after_the_signature_is_followed_by_another(CyclePoint point)
    {
        var credential = await _node.EnrollAsync();
        var document = await _node.UploadAsync(Contract);
        var activation = await _node.BeginAsync(credential, Order.Pdf(document.Id, level: ItemLevel.LongTermArchive));
        var otp = _bank.Mail.Code;
        var points = new HangingPoints(point);
        var lost = await StartAsync(points);
        _ = lost.CompleteAsync(activation, otp);
        await points.Reached;
        _bank.Time.Advance(TimeSpan.FromMinutes(3));
        var done = await _node.CompleteAsync(activation, otp);
        Assert.Equal(2, done.Items[0].ResultVersion);
        await Preserved.RequireTokensAsync(await _node.ReadAsync(document.Id), _bank.RootPem, 2);
    }

    [Fact]
    public async Task A_signature_value_has_no_place_for_validation_data()
    {
        var credential = await _node.EnrollAsync();
        var document = await _node.UploadAsync(Contract);
        var bare = await _bank.StartNodeAsync();
        await Refusal.IsAsync(
            Fault.SignatureLevelUnavailable,
            () => bare.BeginAsync(credential, Order.Pdf(document.Id, level: ItemLevel.LongTerm))
        );
    }

    private Task<SignerNode> StartAsync(CyclePoints? points = null) =>
        _bank.StartNodeAsync(
            points,
            options =>
            {
                options.Archive.TrustAnchors.Add(_folder.Write("root.pem", Encoding.ASCII.GetBytes(_bank.RootPem)));
                options.Archive.Online.Enabled = true;
                options.Archive.Online.PrivateNetworks.Add("127.0.0.0/8");
            }
        );

    private async Task<byte[]> SignAsync(byte[] original, ItemLevel level)
    {
        var credential = await _node.EnrollAsync();
        var document = await _node.UploadAsync(original);
        await _node.CompleteAsync(await _node.BeginAsync(credential, Order.Pdf(document.Id, level: level)));
        return await _node.ReadAsync(document.Id);
    }
}
