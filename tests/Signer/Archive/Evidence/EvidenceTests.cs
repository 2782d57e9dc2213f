using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki.Ers;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Archive.Evidence;

[Collection(TokenTests.Name)]
public sealed class EvidenceTests(TokenFixture token) : IAsyncLifetime
{
    private static readonly CallOrigin Archive = new("archive", "test");
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private Bank _bank = null!;
    private SignerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task Every_registered_digest_has_its_record_and_none_is_registered_twice()
    {
        const int Count = 2500;
        Assert.Equal(new RegistrationResult(Count, 0), await RegisterAsync(HashAlgorithmName.SHA256, 0, Count));
        Assert.Equal(new RegistrationResult(10, 40), await RegisterAsync(HashAlgorithmName.SHA256, Count - 40, 50));
        await Refusal.IsAsync(Fault.EvidenceRecordNotFound, () => ExportAsync(HashAlgorithmName.SHA256, 0));
        Assert.Empty(await Batches.CloseAsync(Archive, all: false, null, Ct));
        Assert.Single(await Batches.CloseAsync(Archive, all: true, null, Ct));
        Assert.Empty(await Batches.CloseAsync(Archive, all: true, null, Ct));
        Assert.Equal(1, _bank.Tsa.Tokens);
        foreach (var i in Enumerable.Range(0, Count + 10).Where(i => i % 97 == 0 || i > Count))
        {
            await AssertProvenAsync(HashAlgorithmName.SHA256, i);
        }

        await Refusal.IsAsync(Fault.ArchiveDocumentNotFound, () => ExportAsync(HashAlgorithmName.SHA256, Count + 10));
        await Refusal.IsAsync(
            Fault.ArchiveDocumentNotFound,
            () => _node.Get<EvidenceExport>().ExportAsync("another caller", Digest(HashAlgorithmName.SHA256, 0), Ct)
        );
    }

    [Fact]
    public async Task A_batch_is_closed_when_it_is_full_or_old()
    {
        var small = await _bank.StartNodeAsync(change: options => options.Evidence.MaxBatchSize = 10);
        await small.Get<EvidenceRegister>().RegisterAsync(Archive, HashAlgorithmName.SHA384, Digests(HashAlgorithmName.SHA384, 0, 12), Ct);
        await RegisterAsync(HashAlgorithmName.SHA384, 12, 3);
        Assert.Single(await Batches.CloseAsync(Archive, all: false, null, Ct));
        await AssertProvenAsync(HashAlgorithmName.SHA384, 11);
        await Refusal.IsAsync(Fault.EvidenceRecordNotFound, () => ExportAsync(HashAlgorithmName.SHA384, 12));
        _bank.Time.Advance(TimeSpan.FromHours(25));
        Assert.Single(await Batches.CloseAsync(Archive, all: false, null, Ct));
        await AssertProvenAsync(HashAlgorithmName.SHA384, 14);
    }

    [Fact]
    public async Task Time_stamps_of_all_batches_are_renewed_under_one_and_hash_trees_in_a_stronger_algorithm()
    {
        HashAlgorithmName sha256 = HashAlgorithmName.SHA256;
        HashAlgorithmName sha512 = HashAlgorithmName.SHA512;
        foreach (var from in (int[])[0, 100, 200])
        {
            await RegisterAsync(sha256, from, 100);
            await Batches.CloseAsync(Archive, all: true, null, Ct);
        }

        Assert.Equal(0, await _node.Get<EvidenceRenewal>().RenewAsync(Archive, all: false, Ct));
        // Near the end it is due.
        _bank.Time.Advance(TimeSpan.FromDays(300));
        Assert.Equal(3, await _node.Get<EvidenceRenewal>().RenewAsync(Archive, all: false, Ct));
        _bank.Time.Advance(TimeSpan.FromDays(-300));
        var tokens = _bank.Tsa.Tokens;
        Assert.Equal(3, await _node.Get<EvidenceRenewal>().RenewAsync(Archive, all: true, Ct));
        Assert.Equal(3, await _node.Get<EvidenceRenewal>().RenewAsync(Archive, all: true, Ct));
        Assert.Equal(tokens + 2, _bank.Tsa.Tokens);
        Assert.Equal([4], await AssertProvenAsync(sha256, 150));

        Assert.Equal(new RegistrationResult(120, 0), await RehashAsync(sha512, 90, 120));
        Assert.Equal(new RegistrationResult(0, 120), await RehashAsync(sha512, 90, 120));
        Assert.Equal([4], await AssertProvenAsync(sha256, 150));
        await Batches.CloseAsync(Archive, all: true, null, Ct);
        // Documents that were not taken over go on in their old chain.
        Assert.Equal(4, await _node.Get<EvidenceRenewal>().RenewAsync(Archive, all: true, Ct));
        Assert.Equal([4, 2], await AssertProvenAsync(sha256, 150));
        Assert.Equal([4, 2], await AssertProvenAsync(sha512, 209));
        Assert.Equal([5], await AssertProvenAsync(sha256, 10));
        await Refusal.IsAsync(Fault.InvalidArgument, () => RehashAsync(sha256, 0, 1));
    }

    [Fact]
    public async Task Without_renewal_the_record_ends_with_the_certificate()
    {
        await RegisterAsync(HashAlgorithmName.SHA256, 0, 5);
        await Batches.CloseAsync(Archive, all: true, null, Ct);
        _bank.Time.Advance(TimeSpan.FromDays(366));
        var verdict = Verify(await ExportAsync(HashAlgorithmName.SHA256, 3), 3);
        Assert.True(verdict.Check.IsIntact);
        Assert.Equal(0, verdict.BrokenTimeStamp);
    }

    [Fact]
    public async Task With_trust_anchors_a_time_stamp_has_to_lead_to_one()
    {
        await RegisterAsync(HashAlgorithmName.SHA256, 0, 5);
        await Batches.CloseAsync(Archive, all: true, null, Ct);
        var record = await ExportAsync(HashAlgorithmName.SHA256, 3);
        using var folder = new TemporaryFolder();
        using var stranger = new TestHierarchy("Stranger");
        foreach (var (anchor, trusted) in new[] { (_bank.RootPem, true), (stranger.RootPem, false) })
        {
            var file = folder.Write("anchor.pem", anchor);
            var node = await _bank.StartNodeAsync(change: options => options.Archive.TrustAnchors.Add(file));
            var verdict = node.Get<EvidenceVerification>().Verify(record, DigestsOf(3));
            Assert.Equal((true, trusted), (verdict.Check.IsIntact, verdict.IsValid));
            Assert.Equal(trusted, verdict.Detail is null);
        }
    }

    [Fact]
    public async Task A_foreign_record_is_imported_renewed_and_exported()
    {
        HashAlgorithmName sha256 = HashAlgorithmName.SHA256;
        var tree = new HashTree(sha256, (byte[])[.. Digest(sha256, 1).Span, .. Digest(sha256, 2).Span, .. Digest(sha256, 3).Span]);
        var foreign = EvidenceRecord.Of(
            new ArchiveTimeStamp { ReducedHashtree = tree.Reduce(1), TimeStamp = await _bank.Tsa.StampAsync(sha256, tree.Root, Ct) }
        );
        var import = _node.Get<EvidenceImport>();
        await Refusal.IsAsync(Fault.EvidenceBroken, () => import.ImportAsync(Archive, foreign.Encode(), DigestsOf(9), Ct));
        await Refusal.IsAsync(Fault.EvidenceRecordMalformed, () => import.ImportAsync(Archive, new byte[] { 5, 0 }, DigestsOf(2), Ct));
        Assert.True((await import.ImportAsync(Archive, foreign.Encode(), DigestsOf(2), Ct)).IsValid);
        await Refusal.IsAsync(
            Fault.ArchiveDocumentAlreadyRegistered,
            () => import.ImportAsync(Archive, foreign.Encode(), DigestsOf(2), Ct)
        );
        Assert.Equal(new RegistrationResult(1, 1), await RegisterAsync(sha256, 2, 2));
        await Batches.CloseAsync(Archive, all: true, null, Ct);
        Assert.Equal(2, await _node.Get<EvidenceRenewal>().RenewAsync(Archive, all: true, Ct));
        Assert.Equal([2], await AssertProvenAsync(sha256, 2));

        // Taken over into a stronger algorithm, once.
        HashAlgorithmName sha512 = HashAlgorithmName.SHA512;
        Assert.Equal(new RegistrationResult(1, 0), await RehashAsync(sha512, 2, 1));
        Assert.Equal(new RegistrationResult(0, 1), await RehashAsync(sha512, 2, 1));
        Assert.Equal([2], await AssertProvenAsync(sha256, 2));
        await Batches.CloseAsync(Archive, all: true, null, Ct);
        Assert.Equal([2, 1], await AssertProvenAsync(sha256, 2));
        Assert.Equal([2, 1], await AssertProvenAsync(sha512, 2));
        // The record goes on in its old chain beside, which the new one does not cover.
        Assert.Equal(3, await _node.Get<EvidenceRenewal>().RenewAsync(Archive, all: true, Ct));
        Assert.Equal([2, 2], await AssertProvenAsync(sha256, 2));
    }

    [Fact]
    public async Task An_outage_of_the_time_stamp_authority_loses_nothing()
    {
        await RegisterAsync(HashAlgorithmName.SHA256, 0, 5);
        _bank.Tsa.Down = true;
        await Refusal.IsAsync(Fault.TsaUnavailable, () => Batches.CloseAsync(Archive, all: true, null, Ct));
        await RegisterAsync(HashAlgorithmName.SHA256, 5, 5);
        _bank.Tsa.Down = false;
        Assert.Single(await Batches.CloseAsync(Archive, all: false, null, Ct));
        await AssertProvenAsync(HashAlgorithmName.SHA256, 4);
        await Refusal.IsAsync(Fault.EvidenceRecordNotFound, () => ExportAsync(HashAlgorithmName.SHA256, 5));
    }

    [Fact]
    public async Task Nodes_that_register_and_close_at_the_same_time_give_each_digest_one_record()
    {
        var nodes = new[] { _node, await _bank.StartNodeAsync(), await _bank.StartNodeAsync() };
        await Task.WhenAll(
            nodes.SelectMany(node =>
                Enumerable
                    .Range(0, 4)
                    .Select(worker =>
                        Task.Run(async () =>
                        {
                            for (var part = 0; part < 5; part++)
                            {
                                var digests = Digests(HashAlgorithmName.SHA256, (worker * 60) + (part * 20), 40);
                                await node.Get<EvidenceRegister>().RegisterAsync(Archive, HashAlgorithmName.SHA256, digests, Ct);
                                await node.Get<EvidenceBatches>().CloseAsync(Archive, all: true, null, Ct);
                            }
                        })
                    )
            )
        );
        await Batches.CloseAsync(Archive, all: true, null, Ct);
        await using var db = await _node.OpenDatabaseAsync();
        var leaves = await db.Database.SqlQuery<int>($"select count(*)::integer as \"Value\" from signer.evidence_leaf").SingleAsync(Ct);
        Assert.Equal(300, leaves);
        var batches = await db.ListBatchesAsync(long.MaxValue, 1000, Ct);
        Assert.Equal(300, batches.Sum(batch => batch.Size));
        Assert.Equal(batches.Count(batch => batch.Size > 0), _bank.Tsa.Tokens);
        for (var i = 0; i < 300; i += 7)
        {
            await AssertProvenAsync(HashAlgorithmName.SHA256, i);
        }
    }

    private EvidenceBatches Batches => _node.Get<EvidenceBatches>();

    private Task<RegistrationResult> RegisterAsync(HashAlgorithmName hash, int from, int count) =>
        _node.Get<EvidenceRegister>().RegisterAsync(Archive, hash, Digests(hash, from, count), Ct);

    private Task<RegistrationResult> RehashAsync(HashAlgorithmName hash, int from, int count) =>
        _node
            .Get<HashTreeRenewal>()
            .RenewAsync(
                Archive,
                hash,
                Enumerable
                    .Range(from, count)
                    .Select(i => new RenewedDigest(Digest(HashAlgorithmName.SHA256, i), Digest(hash, i)))
                    .ToAsyncEnumerable(),
                Ct
            );

    private async Task<EvidenceRecord> ExportAsync(HashAlgorithmName hash, int document) =>
        EvidenceRecord.Decode((await _node.Get<EvidenceExport>().ExportAsync("archive", Digest(hash, document), Ct)).Encode());

    /// <returns>The number of time-stamps in each chain.</returns>
    private async Task<List<int>> AssertProvenAsync(HashAlgorithmName hash, int document)
    {
        var record = await ExportAsync(hash, document);
        var verdict = Verify(record, document);
        Assert.Equal(EvidenceProblem.None, verdict.Check.Problem);
        Assert.True(verdict.IsValid);
        Assert.False(Verify(record, document + 1_000_000).IsValid);
        return [.. record.Sequence.Chains.Select(chain => chain.TimeStamps.Count)];
    }

    private EvidenceVerdict Verify(EvidenceRecord record, int document) =>
        _node.Get<EvidenceVerification>().Verify(record, DigestsOf(document));

    private static EvidenceVerifier.DigestsOf DigestsOf(int document) => hash => [Digest(hash, document)];

    private static ReadOnlyMemory<byte> Digest(HashAlgorithmName hash, int document) =>
        CryptographicOperations.HashData(hash, BitConverter.GetBytes(document));

    private static IAsyncEnumerable<RegisteredDigest> Digests(HashAlgorithmName hash, int from, int count) =>
        Enumerable.Range(from, count).Select(i => new RegisteredDigest(Digest(hash, i), $"doc-{i}")).ToAsyncEnumerable();
}
