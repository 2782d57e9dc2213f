using System.Security.Cryptography;
using System.Text;
using EContract.Hosting.Errors;
using EContract.Signer.Archive.Locations;
using EContract.Signer.Archive.Register;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using EContract.TestKit.Documents;
using Xunit;

namespace EContract.Signer.Tests.Archive.Locations;

/// <summary>Registered documents of an S3-compatible store are renewed in their place, once, and never over somebody else's.</summary>
[Collection(TokenTests.Name)]
public sealed class S3RenewalTests(TokenFixture token) : IAsyncLifetime
{
    private const string Place = "contracts/2026/a.pdf";

    private static readonly byte[] Contract = LoanContract.Write(JapaneseFonts.Mincho, JapaneseFonts.Gothic);

    private readonly TemporaryFolder _folder = new();
    private Bank _bank = null!;
    private S3Server _server = null!;
    private SignerNode _node = null!;
    private byte[] _signed = null!;
    private ArchiveDocument _document = null!;

    private RenewalDesk Desk => _node.Get<RenewalDesk>();

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token, pki: true);
        _server = await S3Server.StartAsync("archive-key", "contracts");
        _node = await _bank.StartNodeAsync(change: options =>
        {
            options.Archive.TrustAnchors.Add(_folder.Write("root.pem", Encoding.ASCII.GetBytes(_bank.RootPem)));
            options.Archive.Online.Enabled = true;
            options.Archive.Online.PrivateNetworks.Add("127.0.0.0/8");
            options.Archive.Locations.S3 = new S3Options
            {
                Endpoint = _server.Address,
                AccessKey = "archive-key",
                SecretKey = TestRunLog.Secret("s3SecretOfTheArchive"),
                Buckets = { "contracts" },
            };
        });
        var credential = await _node.EnrollAsync();
        var uploaded = await _node.UploadAsync(Contract);
        await _node.CompleteAsync(await _node.BeginAsync(credential, Order.Pdf(uploaded.Id, level: ItemLevel.LongTermArchive)));
        _signed = await _node.ReadAsync(uploaded.Id);
        _server.Put(Place, _signed);
        _document = await Desk.RegisterAsync(
            SignerNode.Portal,
            "契約書.pdf",
            ArchiveLocation.Parse($"s3:{Place}", "location"),
            new Dictionary<string, byte[]>(),
            TestContext.Current.CancellationToken
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _bank.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_registered_document_is_renewed_where_it_lies()
    {
        Assert.Equal(SHA256.HashData(_signed), _document.Digest);
        var (renewed, result) = await RenewAsync();
        var now = _server.Get(Place)!;
        Assert.True(now.Length > _signed.Length && now.AsSpan().StartsWith(_signed));
        Assert.Equal(SHA256.HashData(now), renewed.Digest);
        Assert.Equal((1, 1), (renewed.Renewals, result!.Augmented.TimeStamps));
        await Preserved.RequireTokensAsync(now, _bank.RootPem, 3);
    }

    [Fact]
    public async Task What_somebody_puts_there_during_the_renewal_is_left_alone()
    {
        _server.BeforePut = () => _server.Put(Place, Contract);
        await Refusal.IsAsync(Fault.DocumentChanged, RenewAsync);
        Assert.Equal(Contract, _server.Get(Place));
        // The claim was given back: the next call sees what lies there now.
        await Refusal.IsAsync(Fault.DocumentChanged, RenewAsync);
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_found_done_and_not_stamped_again()
    {
        _server.LosesAnswers = true;
        var (renewed, result) = await RenewAsync();
        var now = _server.Get(Place)!;
        Assert.True(_server.Requests.Count(r => r.StartsWith("PUT", StringComparison.Ordinal)) > 1);
        Assert.Equal((1, 1), (renewed.Renewals, result!.Augmented.TimeStamps));
        Assert.Equal(SHA256.HashData(now), renewed.Digest);
        await Preserved.RequireTokensAsync(now, _bank.RootPem, 3);
    }

    private Task<(ArchiveDocument Document, EContract.Signer.Archive.ArchiveResult? Result)> RenewAsync() =>
        Desk.RenewAsync(SignerNode.Portal, _document.Id, preserveEvidence: false, TestContext.Current.CancellationToken);
}
