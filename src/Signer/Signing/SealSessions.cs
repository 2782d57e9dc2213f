using System.Collections.Concurrent;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Hsm.Vault;
using EContract.Signer.Activation;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Store;
using Microsoft.Extensions.Hosting;

namespace EContract.Signer.Signing;

/// <summary>
/// R8: an organisation's seal, opened by its operator's two factors for at most N signatures and T minutes. The key is a session object
/// on this node; another node can't use it, and with this process it is gone.
/// </summary>
public sealed class SealSessions(
    SignerDatabase database,
    ChallengeDesk challenges,
    Factors factors,
    ICertificateAuthority authority,
    AuditLog audit,
    SignerOptions settings,
    TimeProvider time
) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<SealSessionId, OpenSeal> _open = new();
    private readonly Guid _node = Guid.NewGuid();

    /// <summary>Sends the operator a one-time password.</summary>
    public async Task<SealOpening> BeginAsync(
        CallOrigin call,
        string requestId,
        CredentialId credentialId,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        if (await db.IsSealAsync(credentialId, cancellationToken) == false)
        {
            throw new ServiceException(Fault.CredentialKindMismatch, "Only an organisation's seal is opened for several signings.");
        }

        var (challenge, otp) = await challenges.BeginAsync(call, requestId, credentialId, ChallengePurpose.OpenSeal, cancellationToken);
        return new SealOpening(challenge.Id, otp, null);
    }

    /// <summary>Opens the seal with both factors. Called again after success, it names the same session.</summary>
    public async Task<SealOpening> OpenAsync(
        CallOrigin call,
        ChallengeId challengeId,
        string otp,
        SecretBytes pin,
        int signatures,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        RequireBounds(signatures, duration);
        if (await FindByChallengeAsync(call, challengeId, cancellationToken) is { } known)
        {
            await factors.RequireAcceptedOtpAsync(challengeId.Value, otp, cancellationToken);
            return new SealOpening(challengeId, null, known);
        }

        var challenge = await challenges.LoadAsync(call, challengeId, ChallengePurpose.OpenSeal, cancellationToken);
        var check = new FactorCheck(challenge.CredentialId, CredentialState.Active, challengeId.Value, otp, pin);
        var key = await factors.OpenAsync(call, check, cancellationToken);
        try
        {
            var opened = await StoreAsync(call, challenge, key, signatures, duration);
            _open[opened.Session.Id] = opened;
            return new SealOpening(challengeId, null, opened.Session);
        }
        catch
        {
            await key.DisposeAsync();
            throw;
        }
    }

    /// <summary>The open seal, with its certificate good as far as is known.</summary>
    internal async Task<OpenSeal> UseAsync(CallOrigin call, SealSessionId id, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(id, out var seal) || seal.Session.Caller != call.Caller)
        {
            throw await WhyNotAsync(call, id, cancellationToken);
        }

        call.Scope.Require(seal.Credential.Organisations);
        if (seal.Session.ExpiresAt <= time.GetUtcNow())
        {
            await EndAsync(id);
            throw Ended();
        }

        if (await seal.StandingAsync(authority, settings.Seal.StatusAge, time, cancellationToken) != CertificateStanding.Good)
        {
            await EndAsync(id);
            throw new ServiceException(Fault.CredentialRevoked, "The seal's certificate is revoked, on hold or expired.");
        }

        return seal;
    }

    /// <summary>Ends a session. Ended already, it stays ended.</summary>
    public async Task CloseAsync(CallOrigin call, SealSessionId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.TryCloseSealAsync(call.Caller, id, time.GetUtcNow(), cancellationToken))
        {
            await audit.AppendAsync(db, Event(call, id, "seal.closed"), cancellationToken);
        }
        else if (await db.FindSealSessionAsync(call.Caller, id, cancellationToken) is null)
        {
            throw NotFound();
        }

        await transaction.CommitAsync(cancellationToken);
        await EndAsync(id);
    }

    /// <summary>Forgets the keys of sessions that ended, here or by another node's word.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var ids = _open.Keys.ToArray();
        await using var db = await database.OpenAsync(cancellationToken);
        foreach (var id in ids.Except(await db.ListAliveAsync(ids, time.GetUtcNow(), cancellationToken)))
        {
            await EndAsync(id);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var id in _open.Keys)
        {
            await EndAsync(id);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (SignerDatabase.IsOutage(e))
            {
                // The database is away: expiry is checked at each use anyway, and the next sweep comes soon.
                continue;
            }
        }
    }

    private void RequireBounds(int signatures, TimeSpan duration)
    {
        if (signatures < 1 || signatures > settings.Seal.MaxSignatures)
        {
            throw ServiceException.Invalid("max_signatures", $"A session is for 1 to {settings.Seal.MaxSignatures} signatures.");
        }

        if (duration <= TimeSpan.Zero || duration > settings.Seal.MaxDuration)
        {
            throw ServiceException.Invalid("max_minutes", $"A session lasts 1 to {settings.Seal.MaxDuration.TotalMinutes} minutes.");
        }
    }

    private async Task<SealSession?> FindByChallengeAsync(CallOrigin call, ChallengeId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.FindSealSessionAsync(call.Caller, id, cancellationToken);
    }

    private async Task<OpenSeal> StoreAsync(CallOrigin call, Challenge challenge, UnwrappedKey key, int signatures, TimeSpan duration)
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var credential = await db.LockCredentialAsync(challenge.CredentialId, CancellationToken.None);
        CredentialStates.Require(credential, CredentialState.Active, now);
        await challenges.UseAsync(db, challenge.Id, CancellationToken.None);
        credential.FailedAttempts = 0;
        var session = new SealSession
        {
            Id = Identity.New<SealSessionId>(),
            ChallengeId = challenge.Id,
            Caller = call.Caller,
            CredentialId = credential.Id,
            Node = _node,
            OpenedAt = now,
            ExpiresAt = now + duration,
            SignaturesLeft = signatures,
        };
        db.SealSessions.Add(session);
        await db.SaveChangesAsync();
        await audit.AppendAsync(
            db,
            Event(
                call,
                session.Id,
                "seal.opened",
                ("credential", credential.Id.Value),
                ("signatures", $"{signatures}"),
                ("until", $"{session.ExpiresAt:O}")
            ),
            CancellationToken.None
        );
        await transaction.CommitAsync();
        return new OpenSeal(session, credential, key);
    }

    private async Task EndAsync(SealSessionId id)
    {
        if (_open.TryRemove(id, out var seal))
        {
            await seal.DisposeAsync();
        }
    }

    private async Task<ServiceException> WhyNotAsync(CallOrigin call, SealSessionId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var session = await db.FindSealSessionAsync(call.Caller, id, cancellationToken);
        return session is null ? NotFound()
            : session.ClosedAt is not null || session.ExpiresAt <= time.GetUtcNow() || session.SignaturesLeft == 0 || session.Node == _node
                ? Ended()
            : new ServiceException(Fault.SealSessionElsewhere, "The seal session lives on another node, or ended with it.");
    }

    private static AuditEvent Event(
        CallOrigin call,
        SealSessionId id,
        string action,
        params ReadOnlySpan<(string Name, string Value)> details
    )
    {
        var facts = new Dictionary<string, string>(details.Length);
        foreach (var (name, value) in details)
        {
            facts[name] = value;
        }

        return new AuditEvent
        {
            Action = action,
            Caller = call.Caller,
            ObjectType = "seal_session",
            ObjectId = id.Value,
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = call.CorrelationId,
            Details = facts,
        };
    }

    private static ServiceException Ended() => new(Fault.SealSessionEnded, "The seal session expired, was closed, or is used up.");

    private static ServiceException NotFound() => new(Fault.SealSessionNotFound, "There is no such seal session.");
}
