namespace EContract.Pki.X509.Lint.Rules;

/// <summary>OCSP and caIssuers are http URIs; https would need the very status that is asked for.</summary>
public sealed class AuthorityInfoAccessIsFetchable : ICertificateRule
{
    public string Name => "authority_info_access_is_fetchable";

    public string Clause => "RFC 5280 §4.2.2.1";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var (method, location) in subject.AuthorityInfoAccess?.Descriptions ?? [])
        {
            if (location.Form != GeneralNameForm.Uri || !location.Text!.StartsWith("http://", StringComparison.Ordinal))
            {
                yield return $"access location of {method} is not an http URI";
            }
        }
    }
}
