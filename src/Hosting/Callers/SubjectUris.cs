using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace EContract.Hosting.Callers;

/// <summary>The uniformResourceIdentifiers of subjectAltName (RFC 5280 §4.2.1.6), which .NET does not enumerate.</summary>
internal static class SubjectUris
{
    private const string SubjectAltName = "2.5.29.17";
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAltName))
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag() == Uri)
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, Uri));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }
        }

        return uris;
    }
}
