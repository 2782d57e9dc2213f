using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Where the issuer's OCSP responder and certificate are.</summary>
/// <remarks>
/// RFC 5280 §4.2.2.1:
/// <code>
/// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
/// AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
/// </code>
/// </remarks>
public sealed record AuthorityInfoAccess(IReadOnlyList<(string Method, GeneralName Location)> Descriptions)
{
    private const string Clause = "RFC 5280 §4.2.2.1";

    /// <summary>Never critical.</summary>
    public Extension ToExtension() => new(Oids.AuthorityInfoAccess, false, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (var (method, location) in Descriptions)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(method);
                    location.Encode(writer);
                }
            }
        }
    }

    public static AuthorityInfoAccess Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var descriptions = new List<(string, GeneralName)>();
                while (sequence.HasData)
                {
                    var description = sequence.ReadSequence();
                    descriptions.Add((description.ReadObjectIdentifier(), GeneralName.Decode(description)));
                    description.ThrowIfNotEmpty();
                }

                return descriptions.Count > 0
                    ? new AuthorityInfoAccess(descriptions)
                    : throw new MalformedException(Clause, "no AccessDescription");
            }
        );
}
