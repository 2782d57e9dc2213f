using System.Security.Cryptography;
using EContract.Audit.Appending;
using EContract.Audit.Checkpoints;
using EContract.Audit.Export;
using EContract.Audit.Merkle;
using EContract.Audit.Records;

namespace EContract.Audit.Tests.Verification;

/// <summary>A sound log of two chains in memory, with a checkpoint after every few records, for a forger to work on.</summary>
internal sealed class MemoryLog
{
    private readonly TreeFrontier _tree = new();
    private readonly Dictionary<string, (long Sequence, byte[] Hash)> _heads = [];
    private readonly List<CheckpointRange> _ranges = [];
    private (long Number, byte[] Digest) _last = (0, new byte[32]);

    public List<LogItem> Items { get; } = [];

    public static async Task<MemoryLog> CreateAsync(AuditAuthority authority, int rounds = 3, int perRound = 4)
    {
        var log = new MemoryLog();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var chain in new[] { "ca-1", "signer-1" })
            {
                log.AddRecords(chain, perRound);
            }

            await log.CheckpointAsync(authority);
        }

        return log;
    }

    private void AddRecords(string chain, int count)
    {
        var (first, hash) = _heads.GetValueOrDefault(chain, (0, new byte[32]));
        var range = new CheckpointRange(chain, first + 1, first + count, _tree.Size, default);
        for (var i = 1; i <= count; i++)
        {
            var prepared = PreparedEvent.From(Sample.Event($"{chain}/{first + i}"), chain, TimeProvider.System);
            var record = new ChainRecord
            {
                Chain = chain,
                Sequence = first + i,
                LinkedAt = prepared.Recorded.Time,
                Previous = hash,
                EventDigest = prepared.Digest,
            };
            hash = record.Hash();
            _tree.Add(hash);
            Items.Add(new LogItem.Record(record, hash, prepared.Body));
        }

        _heads[chain] = (first + count, hash);
        _ranges.Add(range with { Head = hash });
    }

    private async Task CheckpointAsync(AuditAuthority authority)
    {
        var body = new Checkpoint
        {
            Number = _last.Number + 1,
            MadeAt = Canonical.Microseconds(TimeProvider.System.GetUtcNow()),
            TreeSize = _tree.Size,
            Root = _tree.Root(),
            Previous = _last.Digest,
            Ranges = [.. _ranges],
        }.Encode();
        _ranges.Clear();
        _last = (_last.Number + 1, SHA256.HashData(body));
        Items.Add(new LogItem.SignedCheckpoint(await authority.Signer.SignAsync(body, default)));
    }
}
