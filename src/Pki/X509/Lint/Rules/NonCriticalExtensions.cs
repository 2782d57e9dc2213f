namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Extensions that a conforming CA must not mark critical.</summary>
public sealed class NonCriticalExtensions : ICertificateRule
{
    public string Name => "non_critical_extensions";

    public string Clause => "RFC 5280 §4.2";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var oid in NeverCritical.Where(subject.IsCritical))
        {
            yield return $"extension {oid} is critical";
        }
    }

    private static readonly string[] NeverCritical =
    [
        Oids.AuthorityKeyIdentifier, // §4.2.1.1
        Oids.SubjectKeyIdentifier, // §4.2.1.2
        Oids.FreshestCrl, // §4.2.1.15
        Oids.AuthorityInfoAccess, // §4.2.2.1
        Oids.CrlDistributionPoints, // §4.2.1.13: SHOULD
        Oids.OcspNoCheck, // RFC 6960 §4.2.2.2.1: SHOULD
    ];
}
