namespace EContract.Pki.X509.Lint.Rules;

/// <summary>A critical extension that users don't know makes the certificate unusable.</summary>
public sealed class CriticalExtensionsAreKnown : ICertificateRule
{
    public string Name => "critical_extensions_are_known";

    public string Clause => "RFC 5280 §4.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var extension in subject.Tbs.Extensions.Where(e => e.Critical && !Known.Contains(e.Oid)))
        {
            yield return $"extension {extension.Oid} is critical and unknown";
        }
    }

    private static readonly string[] Known =
    [
        Oids.BasicConstraints,
        Oids.KeyUsage,
        Oids.ExtendedKeyUsage,
        Oids.SubjectAltName,
        Oids.CertificatePolicies,
        Oids.NameConstraints,
    ];
}
