namespace EContract.Pki.Crl;

/// <summary>Tag and length octets by hand (X.690 §8.1.3, §10.1), for lists too large to pass through AsnWriter.</summary>
internal static class DerHeader
{
    public const byte Sequence = 0x30;

    /// <returns>Octets written.</returns>
    public static int Write(Span<byte> destination, byte tag, int contentLength)
    {
        destination[0] = tag;
        var lengthOctets = Asn1.Der.LengthOfLength(contentLength);
        if (lengthOctets == 1)
        {
            destination[1] = (byte)contentLength;
            return 2;
        }

        destination[1] = (byte)(0x80 | (lengthOctets - 1));
        for (var i = lengthOctets - 1; i >= 1; i--)
        {
            destination[1 + i] = (byte)contentLength;
            contentLength >>= 8;
        }

        return 1 + lengthOctets;
    }
}
