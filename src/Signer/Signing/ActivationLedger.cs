using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Signer.Documents;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>
/// The transactions of the signing cycle: each moves an activation one state forward together with its evidence, or not at all. What
/// follows a reservation asks for its id, so that a holder who comes back too late changes nothing.
/// </summary>
public sealed class ActivationLedger(SignerDatabase database, AuditLog audit, SignerOptions settings, TimeProvider time)
{
    /// <summary>An activation of this caller with its items in order.</summary>
    /// <exception cref="ServiceException">ACTIVATION_NOT_FOUND, also for another caller's.</exception>
    public async Task<ActivationRow> LoadAsync(CallOrigin call, ActivationId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var activation = await db.FindActivationAsync(id, cancellationToken);
        if (activation is not null && activation.Caller != call.Caller)
        {
            await audit.AppendAsync(
                ActivationEvents.Of(call, activation, "activation.refused", AuditOutcome.Refused, ("reason", "another caller")),
                cancellationToken
            );
            throw ActivationFaults.NotFound();
        }

        return activation ?? throw ActivationFaults.NotFound();
    }

    /// <summary>The factors were right: the digests are this call's to sign. Null when another call reserved them first.</summary>
    internal async Task<Guid?> ReserveAsync(CallOrigin call, ActivationRow activation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var until = now + settings.Signing.ReservationLease;
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The credential's row is held until the commit: a lock or revocation comes before, and is seen, or after, and burns.
        var credential = await db.LockCredentialAsync(activation.CredentialId, cancellationToken);
        CredentialStates.Require(credential, CredentialState.Active, now);
        credential.FailedAttempts = 0;
        var row = await db.LockActivationAsync(activation.Id, cancellationToken);
        if (row.State == ActivationState.Burned)
        {
            throw ActivationFaults.Burned(row);
        }

        if (row.State != ActivationState.Authorised)
        {
            return null;
        }

        if (!await DocumentReservations.TryReserveAsync(db, activation.Id, activation.Items, now, until, cancellationToken))
        {
            await transaction.RollbackAsync(cancellationToken);
            await BurnAsync(call, activation, BurnCause.DocumentChanged);
            throw ActivationFaults.DocumentChanged();
        }

        row.State = ActivationState.Reserved;
        row.Reservation = Guid.NewGuid();
        row.LeaseUntil = until;
        await db.SaveChangesAsync(cancellationToken);
        await db.MarkItemsReservedAsync(activation.Id, cancellationToken);
        await audit.AppendAsync(
            db,
            ActivationEvents.Of(call, activation, "activation.reserved", AuditOutcome.Intended, ActivationEvents.Digests(activation)),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return row.Reservation;
    }

    /// <summary>Takes over what a lost node reserved and signed. Null when somebody else holds it again.</summary>
    internal async Task<Guid?> TakeOverAsync(CallOrigin call, ActivationRow activation)
    {
        var now = time.GetUtcNow();
        var until = now + settings.Signing.ReservationLease;
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var row = await db.LockActivationAsync(activation.Id, CancellationToken.None);
        if (row.State != ActivationState.Reserved || row.Reservation != activation.Reservation || row.LeaseUntil > now)
        {
            return null;
        }

        if (!await DocumentReservations.TryReserveAsync(db, activation.Id, activation.Items, now, until, CancellationToken.None))
        {
            await transaction.RollbackAsync();
            await BurnAsync(call, activation, BurnCause.DocumentChanged);
            throw ActivationFaults.DocumentChanged();
        }

        row.Reservation = Guid.NewGuid();
        row.LeaseUntil = until;
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return row.Reservation;
    }

    /// <summary>The signature values are there: from now on anyone can finish without the key.</summary>
    internal async Task StoreSignaturesAsync(ActivationRow activation, Guid reservation)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var row = await db.LockActivationAsync(activation.Id, CancellationToken.None);
        RequireHeld(row, reservation);
        await db.StoreSignaturesAsync(activation, CancellationToken.None);
        row.SignedAt = time.GetUtcNow();
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Stores the results and appends to the documents; after it they may be released.</summary>
    /// <param name="updates">By ordinal, what is appended to a document and the digest of the whole.</param>
    internal async Task RecordAsync(
        CallOrigin call,
        ActivationRow activation,
        Guid reservation,
        IReadOnlyDictionary<int, (byte[] Update, byte[] Digest)> updates
    )
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var row = await db.LockActivationAsync(activation.Id, CancellationToken.None);
        RequireHeld(row, reservation);
        if (!await DocumentReservations.TryAppendAsync(db, activation, updates, now, CancellationToken.None))
        {
            await transaction.RollbackAsync();
            await BurnAsync(call, activation, BurnCause.DocumentChanged);
            throw ActivationFaults.DocumentChanged();
        }

        row.State = ActivationState.Consumed;
        row.SignedAt ??= now;
        row.LeaseUntil = null;
        await db.SaveChangesAsync();
        await db.StoreResultsAsync(activation, CancellationToken.None);
        await audit.AppendAsync(
            db,
            ActivationEvents.Of(call, activation, "activation.completed", AuditOutcome.Succeeded, ActivationEvents.Results(activation)),
            CancellationToken.None
        );
        await transaction.CommitAsync();
        activation.Items.ForEach(item => item.State = ActivationState.Consumed);
        activation.State = ActivationState.Consumed;
        activation.SignedAt = row.SignedAt;
    }

    /// <summary>Lets the next call go on at once where this one had to stop.</summary>
    internal async Task ReleaseAsync(ActivationRow activation, Guid reservation)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.EndLeaseAsync(activation.Id, reservation, time.GetUtcNow(), CancellationToken.None);
    }

    /// <summary>Ends an activation that is not done.</summary>
    internal async Task BurnAsync(CallOrigin call, ActivationRow activation, BurnCause cause)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.BurnAsync(activation.Id, cause, CancellationToken.None))
        {
            await audit.AppendAsync(
                db,
                ActivationEvents.Of(call, activation, "activation.burned", AuditOutcome.Failed, ("cause", cause.ToString())),
                CancellationToken.None
            );
        }

        await transaction.CommitAsync();
    }

    private static void RequireHeld(ActivationRow row, Guid reservation)
    {
        if (row.State == ActivationState.Burned)
        {
            throw ActivationFaults.Burned(row);
        }

        if (row.State != ActivationState.Reserved || row.Reservation != reservation)
        {
            throw new ServiceException(Fault.ActivationAmbiguous, "The completion took too long and another one took it over.");
        }
    }
}
