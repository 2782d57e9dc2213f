using EContract.Audit;

namespace EContract.Signer.Archive.Evidence;

/// <summary>What the audit log tells of evidence records.</summary>
internal static class EvidenceEvents
{
    public static AuditEvent Of(
        CallOrigin call,
        string action,
        string objectType,
        string id,
        params ReadOnlySpan<(string Name, string Value)> details
    )
    {
        var facts = new Dictionary<string, string>();
        foreach (var (name, value) in details)
        {
            facts[name] = value;
        }

        return new AuditEvent
        {
            Action = action,
            Caller = call.Caller,
            ObjectType = objectType,
            ObjectId = id,
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = call.CorrelationId,
            Details = facts,
        };
    }
}
