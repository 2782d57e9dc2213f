using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Ocsp;

/// <summary>Binds an answer to its request.</summary>
/// <remarks>
/// RFC 9654 §2.1:
/// <code>
/// Nonce ::= OCTET STRING(SIZE(1..128))
/// </code>
/// </remarks>
public static class OcspNonce
{
    public const int MaxOctets = 128;

    public static Extension ToExtension(ReadOnlySpan<byte> nonce)
    {
        var octets = nonce.ToArray();
        return new(Oids.OcspNonce, false, Der.Encode(writer => writer.WriteOctetString(octets)));
    }

    /// <exception cref="MalformedException">Empty, too long, or not an OCTET STRING: RFC 9654 §2.1 wants malformedRequest.</exception>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> encoded)
    {
        ReadOnlyMemory<byte> nonce = Der.Decode(encoded, "RFC 9654 §2.1", reader => reader.ReadOctetString());
        return nonce.Length is >= 1 and <= MaxOctets
            ? nonce
            : throw new MalformedException("RFC 9654 §2.1", "the nonce has not 1 to 128 octets");
    }
}
