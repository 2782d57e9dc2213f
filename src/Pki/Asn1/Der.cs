using System.Formats.Asn1;

namespace EContract.Pki.Asn1;

/// <summary>One way in and one way out for every ASN.1 type: a complaint of the reader becomes a <see cref="MalformedException"/>.</summary>
public static class Der
{
    public delegate T Reading<out T>(AsnReader reader);

    /// <summary>Reads one value that fills <paramref name="encoded"/> to its last octet.</summary>
    /// <param name="clause">The clause named in the <see cref="MalformedException"/>.</param>
    /// <param name="rules">DER unless the clause permits BER.</param>
    public static T Decode<T>(ReadOnlyMemory<byte> encoded, string clause, Reading<T> read, AsnEncodingRules rules = AsnEncodingRules.DER)
    {
        try
        {
            var reader = new AsnReader(encoded, rules);
            T value = read(reader);
            reader.ThrowIfNotEmpty();
            return value;
        }
        catch (AsnContentException e)
        {
            throw new MalformedException(clause, e.Message, e);
        }
    }

    public static byte[] Encode(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    /// <summary>The octets that a DER length takes: 1 up to 127, then 1 more per octet of the length.</summary>
    public static int LengthOfLength(int length) =>
        length switch
        {
            < 0x80 => 1,
            < 0x100 => 2,
            < 0x1_0000 => 3,
            < 0x100_0000 => 4,
            _ => 5,
        };

    /// <summary>Tag, length and content of a value with a one-octet tag and <paramref name="contentLength"/> content octets.</summary>
    public static int TotalLength(int contentLength) => 1 + LengthOfLength(contentLength) + contentLength;
}
