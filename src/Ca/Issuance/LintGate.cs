using System.Collections.Concurrent;
using EContract.Ca.Authorities;
using EContract.Ca.Profiles;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Pki.X509;
using EContract.Pki.X509.Lint;

namespace EContract.Ca.Issuance;

/// <summary>
/// Signs what is planned with a throwaway key of the issuer's kind and lints the result, so that a certificate that breaks a rule
/// never exists under the CA's own signature.
/// </summary>
public static class LintGate
{
    // Made once per algorithm and process; nothing trusts them.
    private static readonly ConcurrentDictionary<KeyAlgorithm, Lazy<SoftwareSigningKey>> Throwaway = new();

    /// <param name="issuer">The CA's certificate; null if self-signed.</param>
    /// <exception cref="ServiceException"><see cref="Fault.CertificateLintFailed"/> with all findings.</exception>
    public static async Task PassAsync(
        TbsCertificate tbs,
        Certificate? issuer,
        CertificateProfile profile,
        KeyAlgorithm issuerKey,
        CancellationToken cancellationToken
    )
    {
        var prepared = tbs.Prepare();
        var signature = await ThrowawayKey(issuerKey)
            .SignDataAsync(SigningKeys.SignatureAlgorithmOf(issuerKey), prepared.ToBeSigned, cancellationToken);
        var findings = CertificateLinter.Lint(prepared.Complete(signature).Encoded, issuer, new ProfileRule(profile));
        if (findings.Count > 0)
        {
            throw new ServiceException(
                Fault.CertificateLintFailed,
                string.Join("; ", findings),
                ("rules", string.Join(',', findings.Select(f => f.Rule).Distinct()))
            );
        }
    }

    internal static SoftwareSigningKey ThrowawayKey(KeyAlgorithm algorithm) =>
        Throwaway.GetOrAdd(algorithm, a => new(() => SoftwareSigningKey.Generate(a, "lint"))).Value;
}
