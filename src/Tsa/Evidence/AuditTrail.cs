using EContract.Audit;

namespace EContract.Tsa.Evidence;

/// <summary>Puts the authority's events into the audit log.</summary>
internal static class AuditTrail
{
    private const string Caller = "tsa";

    public static RecordTsaEvent Into(AuditLog log) =>
        (evidence, cancellationToken) =>
            log.AppendAsync(
                new AuditEvent
                {
                    Action = evidence.Action,
                    Caller = Caller,
                    ObjectType = evidence.ObjectType,
                    ObjectId = evidence.ObjectId,
                    Outcome = evidence.Succeeded ? AuditOutcome.Succeeded : AuditOutcome.Failed,
                    CorrelationId = Guid.NewGuid().ToString("N"),
                    Details = evidence.Details,
                },
                cancellationToken
            );
}
