using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EContract.Signer.Store;

/// <summary>Saving what another call may be saving too.</summary>
public static class Saving
{
    /// <summary>False when a row with the same key exists; the transaction is rolled back then.</summary>
    public static async Task<bool> TrySaveNewAsync(this SignerContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            if (db.Database.CurrentTransaction is { } transaction)
            {
                await transaction.RollbackAsync(cancellationToken);
            }

            return false;
        }
    }
}
