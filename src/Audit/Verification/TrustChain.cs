using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EContract.Audit.Verification;

/// <summary>Builds a certificate's chain to a given root, offline, as of a given time.</summary>
internal static class TrustChain
{
    /// <summary>Why there is no chain; null if there is one.</summary>
    public static string? Fault(
        X509Certificate2 certificate,
        X509Certificate2Collection others,
        X509Certificate2Collection roots,
        DateTimeOffset at,
        string? purpose
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        if (purpose is not null)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        }

        return chain.Build(certificate)
            ? null
            : $"the certificate '{certificate.Subject}' does not lead to the root: {string.Join(" ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()))}";
    }
}
