using System.Globalization;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Attributes keep the upper bounds of X.520, counted in characters.</summary>
public sealed class NameLengths : ICertificateRule
{
    public string Name => "name_lengths";

    public string Clause => "RFC 5280 Appendix A.1";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var attribute in subject.Tbs.Subject.Attributes)
        {
            var bound = UpperBound(attribute.Type);
            var length = new StringInfo(attribute.Value).LengthInTextElements;
            if (attribute.Value.Length == 0 || length > bound)
            {
                yield return $"{AttributeNames.ShortName(attribute.Type)} has {length} characters, allowed are 1 to {bound}";
            }
        }
    }

    private static int UpperBound(string type) =>
        type switch
        {
            Oids.CountryName => 2,
            Oids.Surname or Oids.GivenName => 32768,
            Oids.LocalityName or Oids.StateOrProvinceName or Oids.Pseudonym or Oids.StreetAddress => 128,
            Oids.EmailAddress => 255,
            Oids.OrganizationIdentifier or Oids.DomainComponent => 256,
            _ => 64, // ub-common-name, ub-organization-name, ub-organizational-unit-name, ub-title, ub-serial-number
        };
}
