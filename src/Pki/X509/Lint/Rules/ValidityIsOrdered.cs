namespace EContract.Pki.X509.Lint.Rules;

/// <summary>The certificate is valid for a positive time.</summary>
public sealed class ValidityIsOrdered : ICertificateRule
{
    public string Name => "validity_is_ordered";

    public string Clause => "RFC 5280 §4.1.2.5";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.Tbs.NotBefore >= subject.Tbs.NotAfter)
        {
            yield return "notAfter is not after notBefore";
        }
    }
}
