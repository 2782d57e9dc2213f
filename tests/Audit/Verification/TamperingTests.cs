using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit.Export;
using EContract.Audit.Records;
using EContract.Audit.Verification;
using EContract.Pki;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Audit.Tests.Verification;

/// <summary>A forger with all rights on the database, but without the audit key, is found and told where.</summary>
public sealed class TamperingTests : IAsyncLifetime
{
    private readonly AuditAuthority _authority = new();
    private MemoryLog _log = null!;

    public async ValueTask InitializeAsync() => _log = await MemoryLog.CreateAsync(_authority);

    public ValueTask DisposeAsync()
    {
        _authority.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_sound_log_is_intact_and_time_stamped()
    {
        var report = await VerifyAsync(_log.Items);
        Assert.Empty(report.Findings);
        Assert.Equal((24L, 24L, 3), (report.Records, report.Protected, report.Checkpoints));
        Assert.NotNull(report.ProtectedAt);
    }

    [Fact]
    public void Any_edit_is_found_and_the_finding_names_the_chain_or_checkpoint() =>
        Check.One(
            PropertyRuns.Of(200),
            Prop.ForAll(
                Gen.Choose(0, 6)
                    .SelectMany(kind => Gen.Choose(0, 23).SelectMany(at => Gen.Elements(false, true).Select(rehash => (kind, at, rehash))))
                    .ToArbitrary(),
                edit =>
                {
                    var items = _log.Items.ToList();
                    var victim = Forge(items, edit.kind, edit.at);
                    if (edit.rehash)
                    {
                        Rehash(items);
                    }

                    var report = VerifyAsync(items).GetAwaiter().GetResult();
                    return !report.IsIntact
                        && report.Findings.Any(finding =>
                            finding.Place.Contains("checkpoint", StringComparison.Ordinal)
                            || finding.Place.Contains(victim.Chained.Chain, StringComparison.Ordinal)
                        );
                }
            )
        );

    [Fact]
    public async Task Any_octet_of_a_record_changed_in_an_exported_file_is_found()
    {
        var before = _log.Items.Take(13).Sum(item => item.Encode().Length);
        using var file = new MemoryStream();
        await LogFile.WriteAsync(_log.Items.ToAsyncEnumerable(), file, default);
        var bytes = file.ToArray();
        var record = Assert.IsType<LogItem.Record>(_log.Items[13]);
        for (var at = before; at < before + record.Encode().Length; at++)
        {
            bytes[at] ^= 1;
            var report = await LogVerifier.VerifyAsync(
                LogFile.ReadAsync(new MemoryStream(bytes), default),
                new TrustOptions { Roots = [_authority.Hierarchy.Root] },
                default
            );
            Assert.False(report.IsIntact, $"octet {at - before} of the record");
            bytes[at] ^= 1;
        }
    }

    [Theory]
    [InlineData(Change)]
    [InlineData(BackDate)]
    public async Task A_changed_record_is_named_exactly(int kind)
    {
        var items = _log.Items.ToList();
        var victim = Forge(items, kind, 13);
        var report = await VerifyAsync(items);
        Assert.Equal($"chain {victim.Chained.Chain}, record {victim.Chained.Sequence}", report.Findings[0].Place);
    }

    [Fact]
    public async Task A_dropped_record_is_named_exactly()
    {
        var items = _log.Items.ToList();
        var victim = Forge(items, Drop, 2);
        Assert.Contains(
            (await VerifyAsync(items)).Findings,
            finding => finding.ToString().Contains($"record {victim.Chained.Sequence} is missing", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_log_that_was_cut_back_with_its_checkpoints_is_caught_by_a_kept_checkpoint()
    {
        var witness = ((LogItem.SignedCheckpoint)_log.Items[^1]).Cms;
        var cut = _log.Items.Take(_log.Items.Count - 9).ToList();
        Assert.True((await VerifyAsync(cut)).IsIntact);
        var report = await LogVerifier.VerifyAsync(
            cut.ToAsyncEnumerable(),
            new TrustOptions { Roots = [_authority.Hierarchy.Root], Witnesses = [witness] },
            default
        );
        Assert.Equal("checkpoint 3", Assert.Single(report.Findings).Place);
    }

    [Theory]
    [InlineData(Oids.DocumentSigning)]
    [InlineData("2.5.29.37.0")] // anyExtendedKeyUsage
    public async Task A_log_signed_by_another_certificate_of_the_same_root_is_refused(string purpose)
    {
        // Its name says nothing: what it is for does.
        using var subscriber = new AuditAuthority(purpose: purpose);
        var forged = await MemoryLog.CreateAsync(subscriber, rounds: 1);
        var report = await LogVerifier.VerifyAsync(
            forged.Items.ToAsyncEnumerable(),
            new TrustOptions { Roots = [subscriber.Hierarchy.Root] },
            default
        );
        Assert.Contains("not one for signing the evidence log", Assert.Single(report.Findings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signer_of_another_name_is_refused_when_a_name_is_asked_for()
    {
        using var other = new AuditAuthority(signerName: "Another Bank Evidence Log");
        var log = await MemoryLog.CreateAsync(other, rounds: 1);
        X509Certificate2Collection roots = [other.Hierarchy.Root];
        var asked = new TrustOptions { Roots = roots, SignerName = "Our Bank Evidence Log" };
        var report = await LogVerifier.VerifyAsync(log.Items.ToAsyncEnumerable(), asked, default);
        Assert.Contains("not called 'Our Bank Evidence Log'", Assert.Single(report.Findings).Problem, StringComparison.Ordinal);
        var right = new TrustOptions { Roots = roots, SignerName = "Evidence Log" };
        Assert.Empty((await LogVerifier.VerifyAsync(log.Items.ToAsyncEnumerable(), right, default)).Findings);
    }

    [Fact]
    public async Task A_log_signed_under_another_root_is_refused()
    {
        using var stranger = new AuditAuthority();
        var forged = await MemoryLog.CreateAsync(stranger, rounds: 1);
        Assert.False((await VerifyAsync(forged.Items)).IsIntact);
    }

    [Fact]
    public async Task An_exported_file_reads_back_the_same_and_a_cut_one_is_refused()
    {
        using var file = new MemoryStream();
        await LogFile.WriteAsync(_log.Items.ToAsyncEnumerable(), file, default);
        file.Position = 0;
        Assert.True((await LogVerifier.VerifyAsync(LogFile.ReadAsync(file, default), _authority.Trust, default)).IsIntact);
        using var cut = new MemoryStream(file.ToArray()[..^7]);
        var report = await LogVerifier.VerifyAsync(LogFile.ReadAsync(cut, default), _authority.Trust, default);
        Assert.Contains("ends within an item", Assert.Single(report.Findings).Problem, StringComparison.Ordinal);
    }

    private const int Change = 0;
    private const int Drop = 1;
    private const int Swap = 2;
    private const int Duplicate = 3;
    private const int Truncate = 4;
    private const int BackDate = 5;
    private const int Insert = 6;

    private static LogItem.Record Forge(List<LogItem> items, int kind, int at)
    {
        var index = items.Select((item, i) => (item, i)).Where(pair => pair.item is LogItem.Record).ElementAt(at).i;
        var victim = (LogItem.Record)items[index];
        switch (kind)
        {
            case Change:
                var recorded = RecordedEvent.Decode(victim.Event);
                items[index] = WithEvent(victim, (recorded with { OnBehalfOf = "S-6666" }).Encode());
                break;
            case Drop:
                items.RemoveAt(index);
                break;
            case Swap:
                var other = index + 1 < items.Count && items[index + 1] is LogItem.Record ? index + 1 : index - 1;
                var partner = (LogItem.Record)items[other];
                (items[index], items[other]) = (WithEvent(victim, partner.Event), WithEvent(partner, victim.Event));
                break;
            case Duplicate:
                items.Insert(index, victim);
                break;
            case Truncate:
                items.RemoveAll(item =>
                    item is LogItem.Record record
                    && record.Chained.Chain == victim.Chained.Chain
                    && record.Chained.Sequence >= victim.Chained.Sequence
                );
                break;
            case BackDate:
                items[index] = victim with { Chained = victim.Chained with { LinkedAt = victim.Chained.LinkedAt.AddDays(-30) } };
                break;
            case Insert:
                items.Insert(index + 1, victim with { Chained = victim.Chained with { Sequence = victim.Chained.Sequence + 1 } });
                break;
        }

        return victim;
    }

    private static LogItem.Record WithEvent(LogItem.Record record, ReadOnlyMemory<byte> changed) =>
        record with
        {
            Event = changed,
            Chained = record.Chained with { EventDigest = SHA256.HashData(changed.Span) },
        };

    /// <summary>Makes the chains look whole again: sequences, links and stored hashes are computed anew.</summary>
    private static void Rehash(List<LogItem> items)
    {
        var heads = new Dictionary<string, (long Sequence, byte[] Hash)>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is LogItem.Record record)
            {
                var (sequence, hash) = heads.GetValueOrDefault(record.Chained.Chain, (0, new byte[32]));
                var chained = record.Chained with { Sequence = sequence + 1, Previous = hash };
                heads[chained.Chain] = (chained.Sequence, chained.Hash());
                items[i] = record with { Chained = chained, StoredHash = chained.Hash() };
            }
        }
    }

    private Task<LogReport> VerifyAsync(IEnumerable<LogItem> items) =>
        LogVerifier.VerifyAsync(items.ToAsyncEnumerable(), _authority.Trust, default);
}
