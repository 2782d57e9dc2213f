using EContract.Hosting.Errors;
using EContract.Signer.Signing;
using EContract.TestKit;
using Xunit;

namespace EContract.Signer.Tests.Archive;

/// <summary>
/// Foreign documents of shared/corpus/signed where only our own root is trusted: each is refused, for a reason that its caller can act on. What is not
/// named in the table is sound as far as can be told, and only lacks its anchor.
/// </summary>
public sealed class CorpusAugmentationTests : IAsyncLifetime
{
    private static readonly Dictionary<string, Fault> Refused = new(StringComparer.Ordinal)
    {
        // Judged beyond mending, whatever anchors there were.
        ["dss__PAdES-BpB-att-SHA256-SHA3_224withRSA.pdf"] = Fault.EvidenceBroken,
        ["dss__PAdES-BpB-att-SHA256-SHA3_256withRSA.pdf"] = Fault.EvidenceBroken,
        ["dss__pades-unsupported-signature-algorithm.pdf"] = Fault.EvidenceBroken,
        ["pyhanko__ed448-shake256-nolen.pdf"] = Fault.EvidenceBroken,
        ["dss__pdf-signed-out-of-byteRange.pdf"] = Fault.EvidenceBroken,
        ["dss__pdf-with-empty-sig.pdf"] = Fault.EvidenceBroken,
        ["dss__pdf-with-two-empty-sigs.pdf"] = Fault.EvidenceBroken,
        ["pdfjs__signed_verified.pdf"] = Fault.EvidenceBroken,
        ["pyhanko__extensions-direct.pdf"] = Fault.EvidenceBroken,
        ["pyhanko__extensions-indirect-not-all-paths.pdf"] = Fault.EvidenceBroken,
        ["pyhanko_cov__signature-gap-too-big.pdf"] = Fault.EvidenceBroken,
        // Update chains that run in a circle or end before the first revision.
        ["dss__pades_infinite_loop.pdf"] = Fault.DocumentMalformed,
        ["dss__pades_opposite_infinite_loop.pdf"] = Fault.DocumentMalformed,
        ["dss__pades-5-signatures-and-1-document-timestamp.pdf"] = Fault.DocumentMalformed,
        ["pyhanko__signed-encrypted-pubkey-with-catalog-ref.pdf"] = Fault.DocumentEncrypted,
        // A PDF whose header is missing is taken for a CMS.
        ["dss__malformed-pades.pdf"] = Fault.SignatureMalformed,
        // A field without a value.
        ["dss__fieldmdp-exclude.pdf"] = Fault.SignatureNotFound,
    };

    private Preservation _world = null!;

    public static TheoryData<string> Names() =>
        [.. Directory.EnumerateFiles(Folder, "*.pdf").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(RepositoryRoot.Shared, "corpus", "signed");

    public async ValueTask InitializeAsync()
    {
        _world = await Preservation.StartAsync(DateTimeOffset.UtcNow);
        _world.Options.Online.Enabled = false; // the documents name addresses all over the world
        _world.Begin(TimeSpan.FromDays(3650), TimeSpan.FromDays(365));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_foreign_document_is_refused_with_its_reason(string name)
    {
        var document = await File.ReadAllBytesAsync(Path.Combine(Folder, name), TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<ServiceException>(() => _world.AugmentAsync(document, ItemLevel.LongTermArchive));
        Assert.Equal(Refused.GetValueOrDefault(name, Fault.TrustAnchorMissing), refused.Fault);
    }
}
