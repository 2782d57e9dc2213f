using System.Security.Cryptography.X509Certificates;
using EContract.Pki;

namespace EContract.Audit.Verification;

/// <summary>What the verifier trusts: nothing but these.</summary>
public sealed class TrustOptions
{
    /// <summary>The root certificates.</summary>
    public required X509Certificate2Collection Roots { get; init; }

    /// <summary>What the common name of the audit key's certificate must be besides, or end in. Null: its purpose is enough.</summary>
    public string? SignerName { get; init; }

    /// <summary>Checkpoints (CMS) that the verifier has kept from earlier: the log must still hold them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Witnesses { get; init; } = [];

    /// <summary>
    /// Why this certificate may not sign a log; null if it may. Other certificates of the same root (a subscriber's) must not be able to
    /// sign a forged one: the CA gives the purpose to nobody else.
    /// </summary>
    internal string? SignerFault(X509Certificate2 certificate)
    {
        if (!SignerPurpose.Has(certificate))
        {
            return $"It is signed by '{certificate.Subject}', whose certificate is not one for signing the evidence log (extended key usage {Oids.EvidenceLogSigning}).";
        }

        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return SignerName is null || name == SignerName || name.EndsWith(" " + SignerName, StringComparison.Ordinal)
            ? null
            : $"It is signed by '{certificate.Subject}', which is not called '{SignerName}'.";
    }
}
