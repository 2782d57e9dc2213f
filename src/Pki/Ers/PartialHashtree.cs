using System.Formats.Asn1;
using System.Security.Cryptography;

namespace EContract.Pki.Ers;

/// <summary>Hash values under one father node of a hash tree.</summary>
/// <remarks>
/// RFC 4998 §4.1
/// <code>
/// PartialHashtree ::= SEQUENCE OF OCTET STRING
/// </code>
/// </remarks>
public sealed record PartialHashtree(IReadOnlyList<ReadOnlyMemory<byte>> Values)
{
    public static PartialHashtree Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        var values = new List<ReadOnlyMemory<byte>>(2);
        while (sequence.HasData)
        {
            values.Add(sequence.ReadOctetString());
        }

        return values.Count > 0
            ? new PartialHashtree(values)
            : throw new MalformedException(ArchiveTimeStamp.Clause, "A PartialHashtree without a hash value leads nowhere.");
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (ReadOnlyMemory<byte> value in Values)
            {
                writer.WriteOctetString(value.Span);
            }
        }
    }

    public bool Contains(ReadOnlySpan<byte> value)
    {
        foreach (ReadOnlyMemory<byte> candidate in Values)
        {
            if (candidate.Span.SequenceEqual(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// §4.3 step 2: the father of these values and of the node <paramref name="below"/>. §4.2 step 3: only more than one value is
    /// hashed; a value alone is its own father.
    /// </summary>
    internal ReadOnlyMemory<byte> Father(ReadOnlyMemory<byte>? below, HashAlgorithmName hash)
    {
        var values = new List<ReadOnlyMemory<byte>>(Values);
        if (below is { } node)
        {
            values.Add(node);
        }

        return HashNodes.Father(values, hash);
    }
}
