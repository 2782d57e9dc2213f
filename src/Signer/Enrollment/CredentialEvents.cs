using EContract.Audit;
using EContract.Signer.Store;

namespace EContract.Signer.Enrollment;

/// <summary>Evidence of what became of a credential.</summary>
internal static class CredentialEvents
{
    public static AuditEvent Of(
        CallOrigin call,
        Credential credential,
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
            OnBehalfOf = credential.SubscriberId.Value,
            ObjectType = "credential",
            ObjectId = credential.Id.Value,
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = call.CorrelationId,
            Details = facts,
        };
    }
}
