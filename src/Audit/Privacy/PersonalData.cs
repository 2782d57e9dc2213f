using EContract.Audit.Store;
using Microsoft.EntityFrameworkCore;

namespace EContract.Audit.Privacy;

/// <summary>Erases what is kept of a person beside the chain. The chain holds only salted commitments, so every proof stays valid.</summary>
public sealed class PersonalData(AuditLog log)
{
    /// <summary>Erases, and records who had it erased and why, in one transaction. Returns the number of items.</summary>
    public async Task<int> EraseAsync(
        string personId,
        string reason,
        string caller,
        string correlationId,
        CancellationToken cancellationToken
    )
    {
        await using var context = AuditDbContext.Open(log.ConnectionString);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var erased =
            await context.Database.ExecuteSqlAsync($"delete from audit.personal where person_id = {personId}", cancellationToken)
            + await context.Database.ExecuteSqlAsync($"delete from audit.attachment where person_id = {personId}", cancellationToken);
        var erasure = new AuditEvent
        {
            Action = "personal_data.erased",
            Caller = caller,
            ObjectType = "person",
            ObjectId = personId,
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = correlationId,
            Details = new Dictionary<string, string>
            {
                ["reason"] = reason,
                ["items"] = erased.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
        await log.AppendAsync(context, erasure, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return erased;
    }
}
