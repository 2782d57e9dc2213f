using System.Formats.Asn1;

namespace EContract.Pki.Tsp;

/// <summary>The digest that is time-stamped, with its algorithm as it was named.</summary>
/// <remarks>
/// RFC 3161 §2.4.1
/// <code>
/// MessageImprint ::= SEQUENCE {
///   hashAlgorithm  AlgorithmIdentifier,
///   hashedMessage  OCTET STRING }
/// </code>
/// </remarks>
public sealed record MessageImprint(AlgorithmIdentifier HashAlgorithm, ReadOnlyMemory<byte> HashedMessage)
{
    public static MessageImprint Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        var algorithm = AlgorithmIdentifier.Decode(sequence);
        byte[] digest = sequence.ReadOctetString();
        sequence.ThrowIfNotEmpty();
        return new MessageImprint(algorithm, digest);
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            HashAlgorithm.Encode(writer);
            writer.WriteOctetString(HashedMessage.Span);
        }
    }

    public bool Equals(MessageImprint? other) =>
        other is not null && HashAlgorithm.Equals(other.HashAlgorithm) && HashedMessage.Span.SequenceEqual(other.HashedMessage.Span);

    public override int GetHashCode() => HashAlgorithm.GetHashCode();
}
