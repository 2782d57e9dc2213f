using System.Formats.Asn1;

namespace EContract.Pki.X509.Lint.Rules;

/// <summary>Names are UTF8String or PrintableString, but for the attributes whose type is fixed (domainComponent, emailAddress: IA5String).</summary>
public sealed class NameStringTypes : ICertificateRule
{
    public string Name => "name_string_types";

    public string Clause => "RFC 5280 §4.1.2.4";

    public IEnumerable<string> Check(CertificateUnderLint subject)
    {
        foreach (var attribute in subject.Tbs.Subject.Attributes)
        {
            var expected = AttributeTypeAndValue.Create(attribute.Type, attribute.Value).StringType;
            var allowed =
                attribute.StringType == expected
                || (expected == UniversalTagNumber.UTF8String && attribute.StringType == UniversalTagNumber.PrintableString);
            if (!allowed)
            {
                yield return $"{AttributeNames.ShortName(attribute.Type)} is a {attribute.StringType}";
            }
        }
    }
}
