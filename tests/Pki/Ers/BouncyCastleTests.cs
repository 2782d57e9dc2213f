using System.Security.Cryptography;
using EContract.Pki.Ers;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Xunit;

namespace EContract.Pki.Tests.Ers;

/// <summary>BouncyCastle for Java and OpenSSL judge our evidence records, and we judge BouncyCastle's.</summary>
public sealed class BouncyCastleTests : IDisposable
{
    private const string Jars = "/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar:/usr/share/java/bcprov.jar";
    private static readonly HashAlgorithmName Sha256 = HashAlgorithmName.SHA256;
    private readonly EvidenceAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Ours_pass_BouncyCastle_fresh_and_with_both_renewals()
    {
        byte[][] documents = [.. Enumerable.Range(0, 7).Select(i => RandomNumberGenerator.GetBytes(100 + i))];
        var tree = new HashTree(Sha256, documents.SelectMany(SHA256.HashData).ToArray());
        byte[] token = _authority.Stamp(tree.Root, Sha256);
        string stranger = _folder.Write("stranger", RandomNumberGenerator.GetBytes(10));
        for (int i = 0; i < documents.Length; i += 3)
        {
            string document = _folder.Write("document", documents[i]);
            EvidenceRecord record = EvidenceRecord.Of(new ArchiveTimeStamp { ReducedHashtree = tree.Reduce(i), TimeStamp = token });
            await VerifyAsync(record, document, stranger);
            record = Renewed(record);
            await VerifyAsync(record, document, stranger);
            record = Renewed(record);
            await VerifyAsync(record, document, stranger);
        }
    }

    [Fact]
    public async Task A_renewed_hash_tree_passes_BouncyCastle()
    {
        byte[] content = "契約書"u8.ToArray();
        string document = _folder.Write("document", content);
        string stranger = _folder.Write("stranger", [1]);
        HashAlgorithmName sha512 = HashAlgorithmName.SHA512;
        var record = EvidenceRecord.Of(new ArchiveTimeStamp { TimeStamp = _authority.Stamp(SHA256.HashData(content), Sha256) });
        record = Renewed(record);
        byte[] renewed = record.Sequence.RenewedDigest(SHA512.HashData(content), sha512);
        var tree = new HashTree(sha512, (byte[])[.. SHA512.HashData([1]), .. renewed, .. SHA512.HashData([2])]);
        record = record.WithChain(
            new ArchiveTimeStamp { ReducedHashtree = tree.Reduce(1), TimeStamp = _authority.Stamp(tree.Root, sha512) }
        );
        Assert.True(EvidenceVerifier.Verify(record, hash => [CryptographicOperations.HashData(hash, content)]).IsIntact);
        await VerifyAsync(record, document, stranger);
    }

    [Fact]
    public async Task BouncyCastles_pass_ours()
    {
        byte[][] documents = [.. Enumerable.Range(0, 6).Select(i => RandomNumberGenerator.GetBytes(50 + i))];
        string[] paths = [.. documents.Select((content, i) => _folder.Write($"document-{i}", content))];
        string imprint = Path.Combine(_folder.Path, "imprint");
        await PeerAsync(["imprint", imprint, .. paths]);
        byte[] token = _authority.Stamp(await File.ReadAllBytesAsync(imprint, TestContext.Current.CancellationToken), Sha256);
        string response = _folder.Write("response", new TimeStampResp(new PkiStatusInfo(PkiStatus.Granted), token).Encode());
        await PeerAsync(["records", response, _folder.Path, .. paths]);
        string[] files = Directory.GetFiles(_folder.Path, "*.ers");
        Assert.Equal(documents.Length, files.Length);
        foreach (string file in files)
        {
            var record = EvidenceRecord.Decode(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            // BouncyCastle gives them in the order of its own sorting.
            Assert.Single(documents, document => EvidenceVerifier.Verify(record, _ => [SHA256.HashData(document)]).IsIntact);
        }
    }

    [Fact]
    public async Task OpenSSL_verifies_the_embedded_token_for_the_root_hash()
    {
        byte[][] digests = [.. Enumerable.Range(0, 5).Select(i => SHA256.HashData(BitConverter.GetBytes(i)))];
        var tree = new HashTree(Sha256, digests.SelectMany(d => d).ToArray());
        var record = EvidenceRecord.Decode(
            EvidenceRecord
                .Of(new ArchiveTimeStamp { ReducedHashtree = tree.Reduce(4), TimeStamp = _authority.Stamp(tree.Root, Sha256) })
                .Encode()
        );
        ArchiveTimeStamp stamp = record.Sequence.Chains[0].TimeStamps[0];
        string root = Convert.ToHexStringLower(ReducedHashtree.Root(stamp.ReducedHashtree!, Sha256).Span);
        string token = _folder.Write("token", stamp.TimeStamp.ToArray());
        string anchor = _folder.Write("root.pem", _authority.Hierarchy.RootPem);
        string untrusted = _folder.Write("issuing.pem", _authority.Hierarchy.Issuing.ExportCertificatePem());
        (int exitCode, string output) = await ForeignTool.RunAsync(
            "openssl",
            ["ts", "-verify", "-digest", root, "-in", token, "-token_in", "-CAfile", anchor, "-untrusted", untrusted]
        );
        Assert.True(exitCode == 0, output);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private EvidenceRecord Renewed(EvidenceRecord record)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> before = record.RenewalDigests(Sha256);
        var tree = new HashTree(Sha256, (byte[])[.. ReducedHashtree.GroupLeaf(before, Sha256).Span, .. SHA256.HashData("other"u8)]);
        return record.WithTimeStamp(
            new ArchiveTimeStamp
            {
                ReducedHashtree = ReducedHashtree.Of(before, tree.Siblings(0)),
                TimeStamp = _authority.Stamp(tree.Root, Sha256),
            }
        );
    }

    private async Task VerifyAsync(EvidenceRecord record, string document, string stranger) =>
        Assert.Contains(
            "verified",
            await PeerAsync(["verify", _folder.Write("record", record.Encode()), document, stranger]),
            StringComparison.Ordinal
        );

    private static async Task<string> PeerAsync(string[] arguments)
    {
        string source = Path.Combine(RepositoryRoot.Path, "tests", "Pki", "Ers", "ErsPeer.java");
        (int exitCode, string output) = await ForeignTool.RunAsync("java", ["-cp", Jars, source, .. arguments]);
        Assert.True(exitCode == 0, output);
        return output;
    }
}
