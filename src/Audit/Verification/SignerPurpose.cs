using System.Security.Cryptography.X509Certificates;
using EContract.Pki;

namespace EContract.Audit.Verification;

/// <summary>What a certificate must be for to sign the evidence log.</summary>
internal static class SignerPurpose
{
    /// <summary>anyExtendedKeyUsage does not count: it is what a certificate says that was meant for nothing in particular.</summary>
    public static bool Has(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(usage => usage.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>())
            .Any(purpose => purpose.Value == Oids.EvidenceLogSigning);
}
