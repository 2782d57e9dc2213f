using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>
/// The two commits of every sealed signature, shared by the calls that run at the same time: reserved before the key is used, and
/// recorded before the result is released. Same states, same evidence as an activation.
/// </summary>
public sealed class SealLedger : IAsyncDisposable
{
    private readonly SignerDatabase _database;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;
    private readonly GroupCommit<SealEntry> _reserving;
    private readonly GroupCommit<SealEntry> _recording;

    public SealLedger(SignerDatabase database, AuditLog audit, SignerOptions settings, TimeProvider time)
    {
        _database = database;
        _audit = audit;
        _time = time;
        _reserving = new GroupCommit<SealEntry>(ReserveAsync, settings.Seal.MaxBatch, settings.Seal.MaxWaiting);
        _recording = new GroupCommit<SealEntry>(RecordAsync, settings.Seal.MaxBatch, settings.Seal.MaxWaiting);
    }

    /// <summary>After it, <see cref="SealEntry.Reserved"/> tells whether the digests are this call's to sign, or the request was known.</summary>
    /// <exception cref="ServiceException">SEAL_SESSION_ENDED.</exception>
    internal Task ReserveAsync(SealEntry entry) => _reserving.CommitAsync(entry);

    /// <summary>After it, the results may be released.</summary>
    internal Task RecordAsync(SealEntry entry) => _recording.CommitAsync(entry);

    public async ValueTask DisposeAsync()
    {
        await _reserving.DisposeAsync();
        await _recording.DisposeAsync();
    }

    private async Task ReserveAsync(IReadOnlyList<SealEntry> entries)
    {
        var now = _time.GetUtcNow();
        await using var db = await _database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var isNew = await db.ReserveSealRequestsAsync([.. entries.Select(entry => Row(entry, now))]);
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].Reserved = isNew[i];
        }

        foreach (var session in entries.Where(e => e.Reserved).GroupBy(e => e.Session))
        {
            await UseUpAsync(db, [.. session], now);
        }

        await transaction.CommitAsync();
    }

    private static SealRequest Row(SealEntry entry, DateTimeOffset now) =>
        new()
        {
            SessionId = entry.Session,
            RequestId = entry.Request.RequestId,
            RequestFingerprint = entry.Request.Fingerprint,
            State = ActivationState.Reserved,
            Digests = entry.Digests,
            ReservedAt = now,
        };

    private async Task UseUpAsync(SignerContext db, SealEntry[] entries, DateTimeOffset now)
    {
        if (await db.UseUpAsync(entries[0].Session, entries.Sum(e => e.Digests.Length), now, CancellationToken.None) is not { } left)
        {
            throw new ServiceException(
                Fault.SealSessionEnded,
                "The seal session expired, was closed, lost its certificate, or has too few signatures left."
            );
        }

        foreach (var entry in entries)
        {
            entry.SignaturesLeft = left;
        }

        await _audit.AppendAsync(db, Event(entries, "seal.reserved", AuditOutcome.Intended, e => e.Digests), CancellationToken.None);
    }

    private async Task RecordAsync(IReadOnlyList<SealEntry> entries)
    {
        await using var db = await _database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!await db.CompleteSealRequestsAsync(entries.Select(e => (e.Session, e.Request.RequestId, e.Results))))
        {
            throw new ServiceException(Fault.ActivationAmbiguous, "The reservation is gone.");
        }

        foreach (var session in entries.GroupBy(e => e.Session))
        {
            await _audit.AppendAsync(
                db,
                Event([.. session], "seal.completed", AuditOutcome.Succeeded, e => e.Results),
                CancellationToken.None
            );
        }

        await transaction.CommitAsync();
    }

    /// <summary>One record for the calls that share the commit; each is named with a digest over all its digests or results.</summary>
    private static AuditEvent Event(SealEntry[] entries, string action, AuditOutcome outcome, Func<SealEntry, byte[][]> content)
    {
        var details = new Dictionary<string, string>(entries.Length);
        foreach (var entry in entries)
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var part in content(entry))
            {
                sha.AppendData(part);
            }

            details[$"request.{entry.Request.RequestId}"] =
                $"{entry.Digests.Length}:SHA256:{Convert.ToHexStringLower(sha.GetHashAndReset())}";
        }

        return new AuditEvent
        {
            Action = action,
            Caller = entries[0].Call.Caller,
            ObjectType = "seal_session",
            ObjectId = entries[0].Session.Value,
            Outcome = outcome,
            CorrelationId = entries[0].Call.CorrelationId,
            Details = details,
        };
    }
}
