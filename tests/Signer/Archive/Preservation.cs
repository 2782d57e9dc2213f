using System.Security.Cryptography;
using System.Text;
using EContract.Pdf;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.X509;
using EContract.Signer.Archive;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Signing;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using EContract.Validation;
using EContract.Validation.Collection;
using EContract.Validation.Online;
using EContract.Validation.Paths;
using EContract.Validation.Policies;
using EContract.Validation.Reports;
using EContract.Validation.Sources;

namespace EContract.Signer.Tests.Archive;

/// <summary>
/// Authorities that come and go under a clock that is moved, and the archive's desk between them. No token and no database: what is tested is
/// what happens to documents.
/// </summary>
internal sealed class Preservation : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<TestHierarchy> _hierarchies = [];
    private readonly List<IDisposable> _owned = [];
    private int _eras;

    private Preservation(PkiServer server, ManualTime time, ValidationPolicy policy)
    {
        Server = server;
        Time = time;
        Policy = policy;
    }

    public PkiServer Server { get; }

    public ManualTime Time { get; }

    /// <summary>Without anchors.</summary>
    public ValidationPolicy Policy { get; set; }

    public ArchiveOptions Options { get; } = new() { DigestAlgorithm = "SHA256" };

    public TestHierarchy Hierarchy => _hierarchies[^1];

    public FakeTsa Tsa { get; private set; } = null!;

    public static async Task<Preservation> StartAsync(DateTimeOffset start, ValidationPolicy? policy = null)
    {
        var time = new ManualTime(start);
        var preservation = new Preservation(await PkiServer.StartAsync(time), time, policy ?? ValidationPolicy.Default);
        preservation.Options.Online.Enabled = true;
        preservation.Options.Online.PrivateNetworks.Add("127.0.0.0/8");
        return preservation;
    }

    /// <summary>A new hierarchy with a new time-stamp unit; the earlier ones still answer until <see cref="PkiServer.Close"/>.</summary>
    public string Begin(TimeSpan authority, TimeSpan timeStamps)
    {
        var name = $"era{_eras++}";
        var hierarchy = new TestHierarchy(name, Time.GetUtcNow(), Server.EndpointOf(name), authority);
        Server.Serve(name, hierarchy);
        _hierarchies.Add(hierarchy);
        Tsa = new FakeTsa(hierarchy, Time, timeStamps);
        _owned.Add(hierarchy);
        _owned.Add(Tsa);
        Options.TrustAnchors.Add(_folder.Write($"{name}.pem", Encoding.ASCII.GetBytes(hierarchy.RootPem)));
        return name;
    }

    /// <summary>A desk of today, with what is configured and reachable today.</summary>
    public ArchiveDesk Desk()
    {
        var anchors = new AnchorStore(Options);
        var fetcher = new Fetcher(Options.Online, Time);
        _owned.Add(fetcher);
        var gathering = new DataGathering(anchors, fetcher, Options, Time);
        var pdf = new PdfAugmentation(gathering, Tsa, Options, Time);
        var cms = new CmsAugmentation(gathering, Tsa, Options, Time);
        var judge = new DocumentJudge(new ArchivePolicy(Policy), anchors, fetcher, Time);
        return new ArchiveDesk(pdf, cms, judge, new DeadlineCalculator(Policy.Algorithms), Options);
    }

    public Task<ArchiveResult> AugmentAsync(byte[] document, ItemLevel level, params string[] signatures) =>
        ProcessAsync(document, new AugmentationOrder { Level = level, Signatures = signatures });

    public Task<ArchiveResult> RestampAsync(byte[] document, bool preserveEvidence = false) =>
        ProcessAsync(
            document,
            new AugmentationOrder
            {
                Level = ItemLevel.LongTermArchive,
                Renew = true,
                PreserveEvidence = preserveEvidence,
            }
        );

    public Task<ArchiveResult> ProcessAsync(byte[] document, AugmentationOrder order, Dictionary<string, byte[]>? content = null) =>
        Desk().ProcessAsync(new MemoryStream(document), new ArchiveOrder(order, content ?? []), CancellationToken.None);

    /// <summary>What is known today of the time-stamp unit that is in operation: a verifier has it in files.</summary>
    public async Task<CollectedSource> StatusOfNewestUnitAsync()
    {
        using var fetcher = new Fetcher(Options.Online, Time);
        var gathering = new DataGathering(new AnchorStore(Options), fetcher, Options, Time);
        var unit = new CollectionTarget(Certificate.Decode(Tsa.Certificate), Time.GetUtcNow(), IsSigner: false);
        var data = await gathering.GatherAsync([unit], new CollectedSource(), CancellationToken.None);
        var status = new CollectedSource();
        data.Certificates.ToList().ForEach(c => status.Add(c));
        data.OcspResponses.ToList().ForEach(o => status.Add(o));
        data.Crls.ToList().ForEach(c => status.Add(c));
        return status;
    }

    /// <summary>The verdict of today with the document, the anchors and what is given: no network.</summary>
    public Task<ValidationReport> ValidateOfflineAsync(byte[] document, CollectedSource? material = null) =>
        new SignatureValidator(TrustingAll(), Time).ValidatePdfAsync(
            new MemoryStream(document),
            new ValidationRequest { Material = material }
        );

    /// <inheritdoc cref="ValidateOfflineAsync"/>
    public Task<ValidationReport> ValidateCmsOfflineAsync(byte[] signature, byte[] content, CollectedSource? material = null) =>
        new SignatureValidator(TrustingAll(), Time).ValidateCmsAsync(
            signature,
            new ValidationRequest { Material = material, Content = new MemoryStream(content) }
        );

    /// <summary>A PDF signed at B-B or B-T by a new subscriber of the present hierarchy.</summary>
    public async Task<byte[]> SignAsync(byte[] original, SignatureKind kind, TimeSpan validity, bool timestamped = true)
    {
        using var key = TestKey.For(kind);
        var certificate = Hierarchy.IssueSubscriber(key.SubjectPublicKeyInfo, validity: validity);
        var signer = new CadesSigner(Hierarchy.Chain(certificate), SignatureAlgorithm.Get(kind, HashAlgorithmName.SHA256));
        var prepared = PdfSigning.Prepare(
            original,
            new SignatureRequest
            {
                ContentsSize = 16 * 1024,
                Time = Time.GetUtcNow(),
                SignerName = "山田太郎",
            }
        );
        var signature = signer.Prepare(prepared.Digest.Span);
        var completed = signature.Complete(key.SignDigest(signature.Digest, signature.Algorithm));
        if (timestamped)
        {
            var digest = SHA256.HashData(completed.SignatureValue.Span);
            completed = completed.WithSignatureTimestamp(await Tsa.StampAsync(HashAlgorithmName.SHA256, digest, CancellationToken.None));
        }

        return PdfSigning.Complete(original, prepared, completed.Encode());
    }

    /// <summary>The whole document after an augmentation.</summary>
    public static byte[] Whole(byte[] document, ArchiveResult result) =>
        result.IsPdf ? [.. document, .. result.Augmented.Bytes.Span] : result.Augmented.Bytes.ToArray();

    private ValidationPolicy TrustingAll() =>
        Policy.Trusting(_hierarchies.Select(h => new PolicyAnchor(TrustAnchor.From(Certificate.Decode(h.Root.RawData)))));

    public async ValueTask DisposeAsync()
    {
        _owned.ForEach(o => o.Dispose());
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
