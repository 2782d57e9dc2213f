using EContract.Signer.Identities;
using EContract.Signer.Signing;
using Microsoft.EntityFrameworkCore;

namespace EContract.Signer.Store;

/// <summary>Ends activations without a result.</summary>
public static class Burning
{
    /// <summary>Every activation of a credential that is not done; one whose completion runs right now will find it burned and release nothing.</summary>
    public static async Task<int> BurnAllAsync(
        this SignerContext db,
        CredentialId credential,
        BurnCause cause,
        CancellationToken cancellationToken
    )
    {
        var burned = await db
            .Activations.Where(a =>
                a.CredentialId == credential && (a.State == ActivationState.Authorised || a.State == ActivationState.Reserved)
            )
            .Select(a => a.Id)
            .ToListAsync(cancellationToken);
        foreach (var id in burned)
        {
            await db.BurnAsync(id, cause, cancellationToken);
        }

        return burned.Count;
    }

    /// <summary>Does nothing to an activation that is done or burned. Tells whether it was burned now.</summary>
    public static async Task<bool> BurnAsync(this SignerContext db, ActivationId id, BurnCause cause, CancellationToken cancellationToken)
    {
        var rows = await db
            .Activations.Where(a => a.Id == id && (a.State == ActivationState.Authorised || a.State == ActivationState.Reserved))
            .ExecuteUpdateAsync(
                row => row.SetProperty(a => a.State, ActivationState.Burned).SetProperty(a => a.BurnCause, cause),
                cancellationToken
            );
        if (rows == 0)
        {
            return false;
        }

        await db
            .ActivationItems.Where(i => i.ActivationId == id)
            .ExecuteUpdateAsync(
                row =>
                    row.SetProperty(i => i.State, ActivationState.Burned)
                        .SetProperty(i => i.Signature, (byte[]?)null)
                        .SetProperty(i => i.Update, (byte[]?)null),
                cancellationToken
            );
        await db
            .Documents.Where(d => d.ReservedBy == id.Value)
            .ExecuteUpdateAsync(row => row.SetProperty(d => d.ReservedBy, (string?)null), cancellationToken);
        return true;
    }
}
