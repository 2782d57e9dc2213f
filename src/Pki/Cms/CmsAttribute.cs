using System.Formats.Asn1;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms;

/// <summary>A signed or unsigned attribute of a <see cref="SignerInfo"/>.</summary>
/// <remarks>
/// RFC 5652 §5.3
/// <code>
/// Attribute ::= SEQUENCE {
///   attrType    OBJECT IDENTIFIER,
///   attrValues  SET OF AttributeValue }
/// </code>
/// </remarks>
/// <param name="Oid">attrType.</param>
/// <param name="Values">Each value as its whole encoding.</param>
public sealed record CmsAttribute(string Oid, IReadOnlyList<ReadOnlyMemory<byte>> Values)
{
    public CmsAttribute(string oid, ReadOnlyMemory<byte> value)
        : this(oid, [value]) { }

    /// <summary>An attribute whose one value <paramref name="write"/> makes.</summary>
    public static CmsAttribute Create(string oid, Action<AsnWriter> write) => new(oid, Der.Encode(write));

    public static CmsAttribute Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        string oid = sequence.ReadObjectIdentifier();
        // Order of a foreign SET OF is its own business: it is never re-encoded.
        AsnReader set = sequence.ReadSetOf(skipSortOrderValidation: true);
        sequence.ThrowIfNotEmpty();
        var values = new List<ReadOnlyMemory<byte>>(1);
        while (set.HasData)
        {
            values.Add(set.ReadEncodedValue());
        }

        return new CmsAttribute(oid, values);
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            using (writer.PushSetOf())
            {
                foreach (ReadOnlyMemory<byte> value in Values)
                {
                    writer.WriteEncodedValue(value.Span);
                }
            }
        }
    }
}
