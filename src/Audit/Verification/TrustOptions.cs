using System.Security.Cryptography.X509Certificates;

namespace EContract.Audit.Verification;

/// <summary>What the verifier trusts: nothing but these.</summary>
public sealed class TrustOptions
{
    /// <summary>The root certificates.</summary>
    public required X509Certificate2Collection Roots { get; init; }

    /// <summary>
    /// Common name that the certificate of the audit key must have. Other certificates of the same root (a subscriber's) must not be
    /// able to sign a forged log.
    /// </summary>
    public string SignerName { get; init; } = "EContract Audit";

    /// <summary>Checkpoints (CMS) that the verifier has kept from earlier: the log must still hold them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Witnesses { get; init; } = [];
}
