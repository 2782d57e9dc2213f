namespace EContract.Pki.X509.Lint.Rules;

/// <summary>The issuer field is the CA's subject, octet by octet, and not empty.</summary>
public sealed class IssuerNameChains : ICertificateRule
{
    public string Name => "issuer_name_chains";

    public string Clause => "RFC 5280 §4.1.2.4";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        if (subject.Tbs.Issuer.IsEmpty)
        {
            yield return "the issuer is empty";
        }

        if (!subject.Tbs.Issuer.Equals(subject.Issuer?.Tbs.Subject ?? subject.Tbs.Subject))
        {
            yield return "the issuer is not the subject of the CA's certificate";
        }
    }
}
