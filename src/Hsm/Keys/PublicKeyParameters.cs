using System.Formats.Asn1;
using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>What is inside a <c>SubjectPublicKeyInfo</c> (RFC 5280 §4.1.2.7) of a supported key.</summary>
internal static class PublicKeyParameters
{
    /// <remarks><code>RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }  -- RFC 8017 §A.1.1</code></remarks>
    public static RSAParameters Rsa(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        var key = new AsnReader(SubjectPublicKey(subjectPublicKeyInfo), AsnEncodingRules.DER).ReadSequence();
        return new RSAParameters { Modulus = Unsigned(key.ReadIntegerBytes().Span), Exponent = Unsigned(key.ReadIntegerBytes().Span) };
    }

    public static ECParameters EC(KeyAlgorithm algorithm, ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        var point = SubjectPublicKey(subjectPublicKeyInfo);
        var field = algorithm.KeySize / 8;
        return new ECParameters
        {
            Curve = algorithm == KeyAlgorithm.EcdsaP256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
            Q = new ECPoint { X = point[1..(1 + field)], Y = point[(1 + field)..] },
        };
    }

    /// <summary>The BIT STRING's bytes: for an EC key the uncompressed point 04‖x‖y.</summary>
    public static byte[] SubjectPublicKey(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        var info = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.DER).ReadSequence();
        info.ReadSequence();
        return info.ReadBitString(out _);
    }

    private static byte[] Unsigned(ReadOnlySpan<byte> integer) => integer[integer.IndexOfAnyExcept((byte)0)..].ToArray();
}
