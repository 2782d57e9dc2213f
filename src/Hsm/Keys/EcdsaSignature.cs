namespace EContract.Hsm.Keys;

/// <summary>Between the r‖s of a token (PKCS#11 §2.3.1) and the DER <c>Ecdsa-Sig-Value</c> of certificates and CMS.</summary>
/// <remarks>
/// <code>
/// Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }   -- RFC 3279 §2.2.3
/// </code>
/// Written by hand because every ECDSA signature passes here; a test compares it with AsnWriter byte for byte.
/// </remarks>
public static class EcdsaSignature
{
    private const byte Sequence = 0x30;
    private const byte Integer = 0x02;

    /// <summary>The longest DER form of two integers of <paramref name="fieldSize"/> bytes.</summary>
    public static int MaxDerSize(int fieldSize)
    {
        var content = 2 * (2 + 1 + fieldSize);
        return (content < 128 ? 2 : 3) + content;
    }

    /// <summary>Writes r‖s as DER and returns the length. Source and destination may not overlap.</summary>
    public static int ToDer(ReadOnlySpan<byte> fixedWidth, Span<byte> destination)
    {
        var half = fixedWidth.Length / 2;
        if (half == 0 || fixedWidth.Length % 2 != 0 || half > 66)
        {
            throw new ArgumentException("r and s must be of one length, at most 66 bytes", nameof(fixedWidth));
        }

        var r = Significant(fixedWidth[..half]);
        var s = Significant(fixedWidth[half..]);
        var content = 2 + Length(r) + 2 + Length(s);
        var at = 0;
        destination[at++] = Sequence;
        if (content >= 128)
        {
            destination[at++] = 0x81;
        }

        destination[at++] = (byte)content;
        at += Write(r, destination[at..]);
        at += Write(s, destination[at..]);
        return at;
    }

    /// <summary>Reads DER into r‖s of <paramref name="fieldSize"/> bytes each; false if it isn't DER or doesn't fit.</summary>
    public static bool TryFromDer(ReadOnlySpan<byte> der, int fieldSize, Span<byte> destination)
    {
        if (destination.Length < 2 * fieldSize || der.Length < 2 || der[0] != Sequence)
        {
            return false;
        }

        var header = 2;
        int content = der[1];
        if (content == 0x81 && der.Length > 2 && der[2] >= 128)
        {
            header = 3;
            content = der[2];
        }
        else if (content >= 128)
        {
            return false;
        }

        var rest = der[header..];
        return rest.Length == content
            && TryRead(ref rest, destination[..fieldSize])
            && TryRead(ref rest, destination.Slice(fieldSize, fieldSize))
            && rest.IsEmpty;
    }

    private static ReadOnlySpan<byte> Significant(ReadOnlySpan<byte> number)
    {
        var first = number.IndexOfAnyExcept((byte)0);
        return first < 0 ? number[^1..] : number[first..];
    }

    // A leading bit of one would make the INTEGER negative: a zero byte goes before it.
    private static int Length(ReadOnlySpan<byte> significant) => significant.Length + (significant[0] >> 7);

    private static int Write(ReadOnlySpan<byte> significant, Span<byte> destination)
    {
        var pad = significant[0] >> 7;
        destination[0] = Integer;
        destination[1] = (byte)(significant.Length + pad);
        destination[2] = 0;
        significant.CopyTo(destination[(2 + pad)..]);
        return 2 + pad + significant.Length;
    }

    private static bool TryRead(ref ReadOnlySpan<byte> rest, Span<byte> destination)
    {
        if (rest.Length < 3 || rest[0] != Integer || rest[1] is 0 or >= 128 || rest.Length < 2 + rest[1])
        {
            return false;
        }

        var value = rest.Slice(2, rest[1]);
        rest = rest[(2 + value.Length)..];
        if (value[0] >= 128 || (value.Length > 1 && value[0] == 0 && value[1] < 128))
        {
            return false;
        }

        value = Significant(value);
        if (value.Length > destination.Length)
        {
            return false;
        }

        destination.Clear();
        value.CopyTo(destination[^value.Length..]);
        return true;
    }
}
