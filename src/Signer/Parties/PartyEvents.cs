using System.Globalization;
using EContract.Audit;
using EContract.Signer.Documents;

namespace EContract.Signer.Parties;

/// <summary>Evidence of what order was agreed.</summary>
internal static class PartyEvents
{
    public static AuditEvent Declared(CallOrigin call, StoredDocument document, IReadOnlyList<DeclaredParty> parties)
    {
        var details = new Dictionary<string, string> { ["document"] = $"SHA256:{Convert.ToHexStringLower(document.Digest)}" };
        for (var i = 0; i < parties.Count; i++)
        {
            details[string.Create(CultureInfo.InvariantCulture, $"party_{i}")] = $"{parties[i].Subscriber.Value} {parties[i].Role}";
        }

        return new AuditEvent
        {
            Action = "document.parties_declared",
            Caller = call.Caller,
            ObjectType = "document",
            ObjectId = document.Id.Value,
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = call.CorrelationId,
            Details = details,
        };
    }
}
