using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Audit.Checkpoints;
using EContract.Audit.Export;
using EContract.Audit.Merkle;
using EContract.Audit.Records;

namespace EContract.Audit.Verification;

/// <summary>
/// Verifies an exported log offline, item by item, in memory that does not grow with it. Names each place that is not as it must be.
/// </summary>
public sealed class LogVerifier(TrustOptions trust)
{
    /// <summary>
    /// A record is linked at latest so long after its moment, and chains' clocks differ at most so much: one that claims to be older
    /// than a former checkpoint by more was back-dated.
    /// </summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, ChainState> _chains = new(StringComparer.Ordinal);
    private readonly HashSet<long> _seenWitnesses = [];
    private readonly TreeFrontier _tree = new();
    private Checkpoint? _last;
    private byte[] _lastDigest = new byte[MerkleHash.Size];
    private int _checkpoints;
    private int _unlinked;
    private long _protected;
    private DateTimeOffset? _protectedAt;

    public static async Task<LogReport> VerifyAsync(
        IAsyncEnumerable<LogItem> items,
        TrustOptions trust,
        CancellationToken cancellationToken
    )
    {
        var verifier = new LogVerifier(trust);
        try
        {
            await foreach (var item in items.WithCancellation(cancellationToken))
            {
                verifier.Add(item);
            }
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            verifier._findings.Add(new Finding($"after record {verifier._tree.Size}", exception.Message));
        }

        return verifier.Finish();
    }

    public void Add(LogItem item)
    {
        switch (item)
        {
            case LogItem.Record record:
                AddRecord(record);
                break;
            case LogItem.SignedCheckpoint checkpoint:
                AddCheckpoint(checkpoint.Cms);
                break;
            case LogItem.Unlinked:
                _unlinked++;
                break;
        }
    }

    public LogReport Finish()
    {
        foreach (var witness in trust.Witnesses)
        {
            if (CheckpointSignature.ReadContent(witness) is { } kept && !_seenWitnesses.Contains(kept.Number))
            {
                _findings.Add(
                    new Finding(
                        $"checkpoint {kept.Number}",
                        "was kept as a witness, and is missing or different in the log: it was truncated or rewritten."
                    )
                );
            }
        }

        return new LogReport
        {
            Findings = _findings,
            Records = _tree.Size,
            Chains = _chains.ToDictionary(chain => chain.Key, chain => chain.Value.Sequence),
            Checkpoints = _checkpoints,
            Protected = _protected,
            ProtectedAt = _protectedAt,
            Unlinked = _unlinked,
        };
    }

    private void AddRecord(LogItem.Record item)
    {
        var record = item.Chained;
        if (!_chains.TryGetValue(record.Chain, out var chain))
        {
            _chains.Add(record.Chain, chain = new ChainState());
        }

        var place = $"chain {record.Chain}, record {record.Sequence}";
        var hash = record.Hash();
        if (item.Event.IsEmpty)
        {
            Report(place, "its event is missing.");
        }
        else if (!item.StoredHash.Span.SequenceEqual(hash))
        {
            Report(place, "was changed: it does not have the hash it was recorded with.");
        }
        else if (!SHA256.HashData(item.Event.Span).AsSpan().SequenceEqual(record.EventDigest.Span))
        {
            // An export computes the digest from the event; in the file that it wrote the two can be parted.
            Report(place, "its event was changed: it does not have the digest that the record holds.");
        }

        CheckEvent(place, item.Event);
        CheckSequence(place, record, chain);
        if (!record.Previous.Span.SequenceEqual(chain.Hash) && record.Sequence == chain.Sequence + 1)
        {
            Report(place, $"does not follow on record {chain.Sequence} as that one is now: one of the two was changed or exchanged.");
        }

        if (record.LinkedAt < chain.LinkedAt)
        {
            Report(place, $"is back-dated: it claims {record.LinkedAt:u}, but the record before it is of {chain.LinkedAt:u}.");
        }

        if (_last is not null && record.LinkedAt < _last.MadeAt - Tolerance)
        {
            Report(
                place,
                $"is back-dated: it claims {record.LinkedAt:u}, but was not there at checkpoint {_last.Number} of {_last.MadeAt:u}."
            );
        }

        // The hash as stored leads on, so that one changed record is one finding and not all that follow.
        chain.Follow(record, item.StoredHash.Length == MerkleHash.Size ? item.StoredHash.ToArray() : hash);
        _tree.Add(hash);
    }

    private void CheckSequence(string place, ChainRecord record, ChainState chain)
    {
        if (record.Sequence > chain.Sequence + 1)
        {
            var missing =
                record.Sequence == chain.Sequence + 2
                    ? $"record {chain.Sequence + 1} is"
                    : $"records {chain.Sequence + 1} to {record.Sequence - 1} are";
            Report($"chain {record.Chain}", $"{missing} missing before record {record.Sequence}.");
        }
        else if (record.Sequence <= chain.Sequence)
        {
            Report(place, $"appears again or out of order, after record {chain.Sequence}.");
        }
    }

    private void CheckEvent(string place, ReadOnlyMemory<byte> der)
    {
        if (der.IsEmpty)
        {
            return;
        }

        try
        {
            if (!RecordedEvent.Decode(der).Encode().AsSpan().SequenceEqual(der.Span))
            {
                Report(place, "its event is not in canonical form.");
            }
        }
        catch (AsnContentException exception)
        {
            Report(place, $"its event can't be decoded: {exception.Message}");
        }
    }

    private void AddCheckpoint(ReadOnlyMemory<byte> cms)
    {
        _checkpoints++;
        var verdict = CheckpointSignature.Verify(cms, trust);
        var before = _findings.Count;
        if (verdict.Checkpoint is not { } checkpoint)
        {
            Report($"checkpoint after number {_last?.Number ?? 0}", verdict.Fault ?? "can't be read.");
            return;
        }

        var place = $"checkpoint {checkpoint.Number}";
        if (verdict.Fault is { } fault)
        {
            Report(place, fault);
        }

        if (checkpoint.Number != (_last?.Number ?? 0) + 1)
        {
            Report(place, $"follows on checkpoint {_last?.Number ?? 0}: checkpoints are missing, repeated or out of order.");
        }
        else if (!checkpoint.Previous.Span.SequenceEqual(_lastDigest))
        {
            Report(place, "does not follow on the checkpoint before it.");
        }

        if (verdict.StampedAt is { } stamped && (stamped - checkpoint.MadeAt).Duration() > Tolerance)
        {
            Report(place, $"says it was made at {checkpoint.MadeAt:u}, but was time-stamped at {stamped:u}.");
        }

        CheckTree(place, checkpoint);
        foreach (var witness in trust.Witnesses)
        {
            if (
                CheckpointSignature.ReadContent(witness) is { } kept
                && kept.Number == checkpoint.Number
                && kept.Encode().AsSpan().SequenceEqual(checkpoint.Encode())
            )
            {
                _seenWitnesses.Add(kept.Number);
            }
        }

        (_last, _lastDigest) = (checkpoint, Checkpoint.Digest(checkpoint.Encode()));
        if (_findings.Count == before && before == 0)
        {
            _protected = checkpoint.TreeSize;
            _protectedAt = verdict.StampedAt ?? _protectedAt;
        }
    }

    private void CheckTree(string place, Checkpoint checkpoint)
    {
        foreach (var range in checkpoint.Ranges)
        {
            var chain = _chains.GetValueOrDefault(range.Chain);
            if (chain is null || chain.Sequence < range.Last)
            {
                Report(
                    $"chain {range.Chain}",
                    $"ends at record {chain?.Sequence ?? 0}, but {place} signed records {range.First} to {range.Last}: it was truncated."
                );
            }
            else if (!range.Head.Span.SequenceEqual(chain.Hash))
            {
                Report(
                    $"chain {range.Chain}, records {range.First} to {range.Last}",
                    $"are not those that {place} signed: at least one was changed."
                );
            }
        }

        if (_tree.Size != checkpoint.TreeSize)
        {
            Report(place, $"signed {checkpoint.TreeSize} records, but {_tree.Size} are here.");
        }
        else if (!checkpoint.Root.Span.SequenceEqual(_tree.Root()))
        {
            var ranges = string.Join(", ", checkpoint.Ranges.Select(range => $"chain {range.Chain} records {range.First} to {range.Last}"));
            Report(place, $"signed another content than the records up to here ({ranges}) have.");
        }
    }

    private void Report(string place, string problem) => _findings.Add(new Finding(place, problem));

    private sealed class ChainState
    {
        public long Sequence { get; private set; }

        public byte[] Hash { get; private set; } = new byte[MerkleHash.Size];

        public DateTimeOffset LinkedAt { get; private set; } = DateTimeOffset.MinValue;

        public void Follow(ChainRecord record, byte[] hash) => (Sequence, Hash, LinkedAt) = (record.Sequence, hash, record.LinkedAt);
    }
}
