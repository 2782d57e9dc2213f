using EContract.Signer.Identities;
using EContract.Signer.Signing;
using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>Activations and their items.</summary>
public static class ActivationQueries
{
    /// <summary>With its items in order; null when there is none.</summary>
    public static Task<ActivationRow?> FindActivationAsync(this SignerContext db, ActivationId id, CancellationToken cancellationToken) =>
        db
            .Activations.AsNoTracking()
            .Include(a => a.Items.OrderBy(i => i.Ordinal))
            .SingleOrDefaultAsync(a => a.Id == id, cancellationToken);

    /// <summary>The one that a caller began with this request id, with its items in order.</summary>
    public static Task<ActivationRow?> FindActivationAsync(
        this SignerContext db,
        RequestKey request,
        CancellationToken cancellationToken
    ) =>
        db
            .Activations.AsNoTracking()
            .Include(a => a.Items.OrderBy(i => i.Ordinal))
            .SingleOrDefaultAsync(a => a.Caller == request.Caller && a.RequestId == request.RequestId, cancellationToken);

    /// <summary>Interactive activations that wait for their completion.</summary>
    public static Task<int> CountWaitingAsync(
        this SignerContext db,
        CredentialId credential,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db.Activations.CountAsync(
            a => a.CredentialId == credential && a.State == ActivationState.Authorised && a.ExpiresAt > now && a.SealSessionId == null,
            cancellationToken
        );

    public static Task<int> MarkItemsReservedAsync(this SignerContext db, ActivationId id, CancellationToken cancellationToken) =>
        db
            .ActivationItems.Where(i => i.ActivationId == id)
            .ExecuteUpdateAsync(row => row.SetProperty(i => i.State, ActivationState.Reserved), cancellationToken);

    public static async Task StoreSignaturesAsync(this SignerContext db, ActivationRow activation, CancellationToken cancellationToken)
    {
        foreach (var item in activation.Items)
        {
            await db
                .ActivationItems.Where(i => i.ActivationId == activation.Id && i.Ordinal == item.Ordinal)
                .ExecuteUpdateAsync(row => row.SetProperty(i => i.Signature, item.Signature), cancellationToken);
        }
    }

    /// <summary>What was prepared is not needed any more: it is in the results and documents.</summary>
    public static async Task StoreResultsAsync(this SignerContext db, ActivationRow activation, CancellationToken cancellationToken)
    {
        foreach (var item in activation.Items)
        {
            await db
                .ActivationItems.Where(i => i.ActivationId == activation.Id && i.Ordinal == item.Ordinal)
                .ExecuteUpdateAsync(
                    row =>
                        row.SetProperty(i => i.State, ActivationState.Consumed)
                            .SetProperty(i => i.Signature, item.Signature)
                            .SetProperty(i => i.Result, item.Result)
                            .SetProperty(i => i.ResultVersion, item.ResultVersion)
                            .SetProperty(i => i.ResultDigest, item.ResultDigest)
                            .SetProperty(i => i.Update, (byte[]?)null)
                            .SetProperty(i => i.Content, (byte[]?)null),
                    cancellationToken
                );
        }
    }

    /// <summary>Lets another call take a reservation over from now on.</summary>
    public static Task<int> EndLeaseAsync(
        this SignerContext db,
        ActivationId id,
        Guid reservation,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db
            .Activations.Where(a => a.Id == id && a.Reservation == reservation && a.State == ActivationState.Reserved)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.LeaseUntil, now), cancellationToken);
}
