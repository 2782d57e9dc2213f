using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>Which policies of the subject CA's domain the issuer holds equal to which of its own.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.5:
/// <code>
/// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
///   issuerDomainPolicy   CertPolicyId,
///   subjectDomainPolicy  CertPolicyId }
/// </code>
/// </remarks>
public sealed record PolicyMappings(IReadOnlyList<(string IssuerDomainPolicy, string SubjectDomainPolicy)> Mappings)
{
    private const string Clause = "RFC 5280 §4.2.1.5";

    /// <summary>Critical, as a conforming CA should mark it.</summary>
    public Extension ToExtension() => new(Oids.PolicyMappings, true, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (var (issuer, subject) in Mappings)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(issuer);
                    writer.WriteObjectIdentifier(subject);
                }
            }
        }
    }

    public static PolicyMappings Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var mappings = new List<(string, string)>();
                while (sequence.HasData)
                {
                    var mapping = sequence.ReadSequence();
                    mappings.Add((mapping.ReadObjectIdentifier(), mapping.ReadObjectIdentifier()));
                    mapping.ThrowIfNotEmpty();
                }

                return mappings.Count > 0 ? new PolicyMappings(mappings) : throw new MalformedException(Clause, "no mapping");
            }
        );
}
