using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>Evidence of what became of an activation.</summary>
internal static class ActivationEvents
{
    public static AuditEvent Of(
        CallOrigin call,
        ActivationRow activation,
        string action,
        AuditOutcome outcome,
        params ReadOnlySpan<(string Name, string Value)> details
    )
    {
        var facts = new Dictionary<string, string> { ["credential"] = activation.CredentialId.Value };
        foreach (var (name, value) in details)
        {
            facts[name] = value;
        }

        return new AuditEvent
        {
            Action = action,
            Caller = call.Caller,
            OnBehalfOf = activation.SubscriberId.Value,
            ObjectType = "activation",
            ObjectId = activation.Id.Value,
            Outcome = outcome,
            CorrelationId = call.CorrelationId,
            Details = facts,
        };
    }

    /// <summary>Every digest that the key may sign, and in which role.</summary>
    public static (string Name, string Value)[] Digests(ActivationRow activation) =>
        [
            .. activation.Items.Select(i => (Numbered("dtbs", i), $"{i.Hash}:{Convert.ToHexStringLower(i.DtbsDigest)}")),
            .. activation.Items.Where(i => i.Role.Length > 0).Select(i => (Numbered("role", i), i.Role)),
        ];

    /// <summary>Of every result a digest: the signed document's, or the signature's.</summary>
    public static (string Name, string Value)[] Results(ActivationRow activation) =>
        [
            .. activation.Items.Select(i =>
                (Numbered("result", i), $"SHA256:{Convert.ToHexStringLower(i.ResultDigest ?? SHA256.HashData(i.Result!))}")
            ),
        ];

    private static string Numbered(string name, ActivationItem item) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}_{item.Ordinal}");
}
