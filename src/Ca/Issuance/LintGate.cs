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

    /// <param name="issuers">The CA's certificate and its issuers up to the root; empty if self-signed.</param>
    /// <exception cref="ServiceException"><see cref="Fault.CertificateLintFailed"/> with all findings.</exception>
    public static async Task PassAsync(
        TbsCertificate tbs,
        IReadOnlyList<Certificate> issuers,
        CertificateProfile profile,
        KeyAlgorithm issuerKey,
        CancellationToken cancellationToken
    )
    {
        var prepared = tbs.Prepare();
        var signature = await ThrowawayKey(issuerKey)
            .SignDataAsync(SigningKeys.SignatureAlgorithmOf(issuerKey), prepared.ToBeSigned, cancellationToken);
        List<ICertificateRule> rules = [new ProfileRule(profile)];
        if (issuers.Count > 0)
        {
            rules.Add(new PathRule(await StandInChain.OfAsync(issuers, cancellationToken), issuers.Max(c => c.Tbs.NotBefore)));
        }

        var findings = CertificateLinter.Lint(prepared.Complete(signature).Encoded, issuers.Count > 0 ? issuers[0] : null, rules);
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
