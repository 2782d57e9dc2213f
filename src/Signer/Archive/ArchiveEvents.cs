using EContract.Audit;

namespace EContract.Signer.Archive;

/// <summary>Evidence of what was done to documents that the service preserves.</summary>
internal static class ArchiveEvents
{
    public static AuditEvent Of(CallOrigin call, string action, string objectId, params ReadOnlySpan<(string Name, string Value)> details)
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
            ObjectType = "archive_document",
            ObjectId = objectId,
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = call.CorrelationId,
            Details = facts,
        };
    }
}
