using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.X509.Extensions;

/// <summary>After how many more certificates an acceptable policy is required, or mapping is forbidden.</summary>
/// <remarks>
/// RFC 5280 §4.2.1.11:
/// <code>
/// PolicyConstraints ::= SEQUENCE {
///   requireExplicitPolicy [0] SkipCerts OPTIONAL,
///   inhibitPolicyMapping  [1] SkipCerts OPTIONAL }   -- SkipCerts ::= INTEGER (0..MAX)
/// </code>
/// </remarks>
public sealed record PolicyConstraints(int? RequireExplicitPolicy, int? InhibitPolicyMapping)
{
    private const string Clause = "RFC 5280 §4.2.1.11";
    private static readonly Asn1Tag ExplicitTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag MappingTag = new(TagClass.ContextSpecific, 1);

    /// <summary>Critical, as a conforming CA must mark it.</summary>
    public Extension ToExtension() => new(Oids.PolicyConstraints, true, Der.Encode(Encode));

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (RequireExplicitPolicy is { } explicitPolicy)
            {
                writer.WriteInteger(explicitPolicy, ExplicitTag);
            }

            if (InhibitPolicyMapping is { } mapping)
            {
                writer.WriteInteger(mapping, MappingTag);
            }
        }
    }

    public static PolicyConstraints Decode(ReadOnlyMemory<byte> encoded) =>
        Der.Decode(
            encoded,
            Clause,
            reader =>
            {
                var sequence = reader.ReadSequence();
                var constraints = new PolicyConstraints(ReadSkip(sequence, ExplicitTag), ReadSkip(sequence, MappingTag));
                sequence.ThrowIfNotEmpty();
                return constraints is { RequireExplicitPolicy: null, InhibitPolicyMapping: null }
                    ? throw new MalformedException(Clause, "PolicyConstraints is empty")
                    : constraints;
            }
        );

    private static int? ReadSkip(AsnReader reader, Asn1Tag tag) =>
        reader.HasData && reader.PeekTag().HasSameClassAndValue(tag) ? SkipCerts.Read(reader, Clause, tag) : null;
}
