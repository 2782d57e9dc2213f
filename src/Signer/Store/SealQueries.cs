using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace EContract.Signer.Store;

/// <summary>Seal sessions, and the statements of the ledger's group commits.</summary>
public static class SealQueries
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

    public static Task<bool?> IsSealAsync(this SignerContext db, CredentialId id, CancellationToken cancellationToken) =>
        db.Credentials.Where(c => c.Id == id).Select(c => (bool?)c.Seal).SingleOrDefaultAsync(cancellationToken);

    public static Task<SealSession?> FindSealSessionAsync(
        this SignerContext db,
        string caller,
        SealSessionId id,
        CancellationToken cancellationToken
    ) => db.SealSessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.Caller == caller, cancellationToken);

    public static Task<SealSession?> FindSealSessionAsync(
        this SignerContext db,
        string caller,
        ChallengeId opened,
        CancellationToken cancellationToken
    ) => db.SealSessions.AsNoTracking().SingleOrDefaultAsync(s => s.ChallengeId == opened && s.Caller == caller, cancellationToken);

    /// <summary>False when it was closed before or is not there.</summary>
    public static async Task<bool> TryCloseSealAsync(
        this SignerContext db,
        string caller,
        SealSessionId id,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await db
            .SealSessions.Where(s => s.Id == id && s.Caller == caller && s.ClosedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(s => s.ClosedAt, now), cancellationToken) == 1;

    /// <summary>Which of the sessions may still sign.</summary>
    public static Task<List<SealSessionId>> ListAliveAsync(
        this SignerContext db,
        SealSessionId[] ids,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db
            .SealSessions.Where(s => ids.Contains(s.Id) && s.ClosedAt == null && s.ExpiresAt > now && s.SignaturesLeft > 0)
            .Join(db.Credentials.Where(c => c.State == CredentialState.Active && !c.OnHold), s => s.CredentialId, c => c.Id, (s, _) => s.Id)
            .ToListAsync(cancellationToken);

    public static Task<int> SignaturesLeftAsync(this SignerContext db, SealSessionId id, CancellationToken cancellationToken) =>
        db.SealSessions.Where(s => s.Id == id).Select(s => s.SignaturesLeft).SingleAsync(cancellationToken);

    public static Task<SealRequest> GetSealRequestAsync(
        this SignerContext db,
        SealSessionId id,
        string requestId,
        CancellationToken cancellationToken
    ) => db.SealRequests.AsNoTracking().SingleAsync(r => r.SessionId == id && r.RequestId == requestId, cancellationToken);

    /// <summary>How many signatures are left after these; null when the session ended or has fewer.</summary>
    public static async Task<int?> UseUpAsync(
        this SignerContext db,
        SealSessionId id,
        int signatures,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var batch = Batch(db);
        Add(batch, UseUp, id.Value, signatures, now);
        return await batch.ExecuteScalarAsync(cancellationToken) as int?;
    }

    /// <summary>For each request whether it is new.</summary>
    public static async Task<bool[]> ReserveSealRequestsAsync(this SignerContext db, IReadOnlyList<SealRequest> requests)
    {
        await using var batch = Batch(db);
        foreach (var request in requests)
        {
            Add(batch, Insert, request.SessionId.Value, request.RequestId, request.RequestFingerprint, request.Digests, request.ReservedAt);
        }

        await batch.ExecuteNonQueryAsync();
        return [.. batch.BatchCommands.Cast<NpgsqlBatchCommand>().Select(command => command.RecordsAffected == 1)];
    }

    /// <summary>Whether every request was still reserved.</summary>
    public static async Task<bool> CompleteSealRequestsAsync(
        this SignerContext db,
        IEnumerable<(SealSessionId Session, string RequestId, byte[][] Results)> requests
    )
    {
        await using var batch = Batch(db);
        foreach (var (session, requestId, results) in requests)
        {
            Add(batch, Complete, session.Value, requestId, results);
        }

        await batch.ExecuteNonQueryAsync();
        return batch.BatchCommands.Cast<NpgsqlBatchCommand>().All(command => command.RecordsAffected == 1);
    }

    private static NpgsqlBatch Batch(SignerContext db) =>
        new((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction());

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
