namespace EContract.Pki.X509.Lint.Rules;

/// <summary>countryName is an ISO 3166 code of two capital letters.</summary>
public sealed class CountryIsTwoLetters : ICertificateRule
{
    public string Name => "country_is_two_letters";

    public string Clause => "RFC 5280 Appendix A.1";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var country in subject.Tbs.Subject.Attributes.Where(a => a.Type == Oids.CountryName))
        {
            if (country.Value.Length != 2 || !country.Value.All(char.IsAsciiLetterUpper))
            {
                yield return "countryName is not two capital letters";
            }
        }
    }
}
