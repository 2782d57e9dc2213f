using System.Security.Cryptography.X509Certificates;

namespace EContract.Audit.Verification;

/// <summary>What the verifier trusts: nothing but these.</summary>
public sealed class TrustOptions
{
    /// <summary>The root certificates.</summary>
    public required X509Certificate2Collection Roots { get; init; }

    /// <summary>
    /// What the common name of the audit key's certificate must be, or end in. Other certificates of the same root (a subscriber's)
    /// must not be able to sign a forged log.
    /// </summary>
    public string SignerName { get; init; } = "Evidence Log";

    /// <summary>Checkpoints (CMS) that the verifier has kept from earlier: the log must still hold them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Witnesses { get; init; } = [];

    internal bool IsSigner(X509Certificate2 certificate)
    {
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return name == SignerName || name.EndsWith(" " + SignerName, StringComparison.Ordinal);
    }
}
