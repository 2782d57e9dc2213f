using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Signer.Identities;
using EContract.Signer.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace EContract.Signer.Signing;

/// <summary>
/// The two commits of every sealed signature, shared by the calls that run at the same time: reserved before the key is used, and
/// recorded before the result is released. Same states, same evidence as an activation.
/// </summary>
public sealed class SealLedger : IAsyncDisposable
{
    private const string Insert = """
        insert into signer.seal_request (session_id, request_id, request_fingerprint, state, digests, reserved_at)
        values ($1, $2, $3, 'Reserved', $4, $5) on conflict do nothing
        """;

    // The credential's state is read with the count: a revocation that this node has heard of ends the session.
    private const string UseUp = """
        update signer.seal_session s set signatures_left = s.signatures_left - $2
        from signer.credential c
        where s.id = $1 and c.id = s.credential_id and c.state = 'Active' and not c.on_hold
            and s.closed_at is null and s.expires_at > $3 and s.signatures_left >= $2
        returning s.signatures_left
        """;

    private const string Complete = """
        update signer.seal_request set state = 'Consumed', results = $3
        where session_id = $1 and request_id = $2 and state = 'Reserved'
        """;

    private readonly IDbContextFactory<SignerContext> _contexts;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;
    private readonly GroupCommit<SealEntry> _reserving;
    private readonly GroupCommit<SealEntry> _recording;

    public SealLedger(IDbContextFactory<SignerContext> contexts, AuditLog audit, SignerOptions settings, TimeProvider time)
    {
        _contexts = contexts;
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
        await using var db = await _contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await using var inserts = Batch(db, transaction);
        foreach (var entry in entries)
        {
            Add(inserts, Insert, entry.Session.Value, entry.Request.RequestId, entry.Request.Fingerprint, entry.Digests, now);
        }

        await inserts.ExecuteNonQueryAsync();
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].Reserved = inserts.BatchCommands[i].RecordsAffected == 1;
        }

        foreach (var session in entries.Where(e => e.Reserved).GroupBy(e => e.Session))
        {
            await UseUpAsync(db, transaction, [.. session], now);
        }

        await transaction.CommitAsync();
    }

    private async Task UseUpAsync(SignerContext db, IDbContextTransaction transaction, SealEntry[] entries, DateTimeOffset now)
    {
        await using var use = Batch(db, transaction);
        Add(use, UseUp, entries[0].Session.Value, entries.Sum(e => e.Digests.Length), now);
        if (await use.ExecuteScalarAsync() is not int left)
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
        await using var db = await _contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await using var updates = Batch(db, transaction);
        foreach (var entry in entries)
        {
            Add(updates, Complete, entry.Session.Value, entry.Request.RequestId, entry.Results);
        }

        await updates.ExecuteNonQueryAsync();
        if (updates.BatchCommands.Cast<NpgsqlBatchCommand>().Any(command => command.RecordsAffected != 1))
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

    private static NpgsqlBatch Batch(SignerContext db, IDbContextTransaction transaction) =>
        new((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)transaction.GetDbTransaction());

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
