using System.Formats.Asn1;

namespace EContract.Pki.X509;

/// <summary>An extension of a certificate, CRL, request or OCSP message. <paramref name="Value"/> is what the OCTET STRING holds.</summary>
/// <remarks>
/// RFC 5280 §4.1:
/// <code>
/// Extension ::= SEQUENCE {
///   extnID      OBJECT IDENTIFIER,
///   critical    BOOLEAN DEFAULT FALSE,
///   extnValue   OCTET STRING }
/// </code>
/// </remarks>
public sealed record Extension(string Oid, bool Critical, ReadOnlyMemory<byte> Value)
{
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            if (Critical)
            {
                writer.WriteBoolean(true);
            }

            writer.WriteOctetString(Value.Span);
        }
    }

    public static Extension Decode(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var oid = sequence.ReadObjectIdentifier();
        var critical = false;
        if (sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
        {
            critical = sequence.ReadBoolean();
            if (!critical)
            {
                // X.690 §11.5: a DEFAULT value is not encoded in DER.
                throw new MalformedException("RFC 5280 §4.1", "critical FALSE is encoded though it is the default");
            }
        }

        var value = sequence.ReadOctetString();
        sequence.ThrowIfNotEmpty();
        return new(oid, critical, value);
    }

    public bool Equals(Extension? other) =>
        other is not null && Oid == other.Oid && Critical == other.Critical && Value.Span.SequenceEqual(other.Value.Span);

    public override int GetHashCode() => HashCode.Combine(Oid, Critical, Value.Length);
}
