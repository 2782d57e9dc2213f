using System.Formats.Asn1;

namespace EContract.Pki.Ers;

/// <summary>How data objects were encrypted before they were archived. Carried, never interpreted here.</summary>
/// <remarks>
/// RFC 4998 §6.1
/// <code>
/// EncryptionInfo ::= SEQUENCE {
///   encryptionInfoType   OBJECT IDENTIFIER,
///   encryptionInfoValue  ANY DEFINED BY encryptionInfoType }
/// </code>
/// </remarks>
/// <param name="Value">The whole encoding.</param>
public sealed record EncryptionInfo(string Type, ReadOnlyMemory<byte> Value)
{
    public static EncryptionInfo Decode(AsnReader reader, Asn1Tag tag)
    {
        AsnReader sequence = reader.ReadSequence(tag);
        var info = new EncryptionInfo(sequence.ReadObjectIdentifier(), sequence.ReadEncodedValue());
        sequence.ThrowIfNotEmpty();
        return info;
    }

    public void Encode(AsnWriter writer, Asn1Tag tag)
    {
        using (writer.PushSequence(tag))
        {
            writer.WriteObjectIdentifier(Type);
            writer.WriteEncodedValue(Value.Span);
        }
    }
}
