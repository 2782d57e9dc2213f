using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>Reads a public key object as <c>SubjectPublicKeyInfo</c>.</summary>
internal static class PublicKeyObject
{
    private const string P256 = "1.2.840.10045.3.1.7"; // SEC 2: secp256r1
    private const string P384 = "1.3.132.0.34"; // SEC 2: secp384r1

    /// <summary>DER of the curve's OID, as CKA_EC_PARAMS wants it.</summary>
    public static byte[] EcParams(KeyAlgorithm algorithm)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(algorithm == KeyAlgorithm.EcdsaP256 ? P256 : P384);
        return writer.Encode();
    }

    /// <summary>Null if the object isn't a key of a supported <see cref="KeyAlgorithm"/>.</summary>
    public static (KeyAlgorithm Algorithm, byte[] SubjectPublicKeyInfo)? Read(Session session, CULong key)
    {
        if (session.Attribute(key, Pkcs11.CKA_MODULUS) is { Length: > 0 } modulus)
        {
            var exponent = session.Attribute(key, Pkcs11.CKA_PUBLIC_EXPONENT);
            return exponent is null ? null : FromRsa(modulus, exponent);
        }

        var parameters = session.Attribute(key, Pkcs11.CKA_EC_PARAMS);
        var point = session.Attribute(key, Pkcs11.CKA_EC_POINT);
        return parameters is null || point is null ? null : FromEc(parameters, point);
    }

    private static (KeyAlgorithm, byte[])? FromRsa(byte[] modulus, byte[] exponent)
    {
        modulus = modulus.AsSpan(modulus.AsSpan().IndexOfAnyExcept((byte)0)).ToArray();
        exponent = exponent.AsSpan(exponent.AsSpan().IndexOfAnyExcept((byte)0)).ToArray();
        KeyAlgorithm? algorithm = (modulus.Length * 8) switch
        {
            2048 => KeyAlgorithm.Rsa2048,
            3072 => KeyAlgorithm.Rsa3072,
            4096 => KeyAlgorithm.Rsa4096,
            _ => null,
        };
        if (algorithm is null)
        {
            return null;
        }

        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return (algorithm.Value, rsa.ExportSubjectPublicKeyInfo());
    }

    private static (KeyAlgorithm, byte[])? FromEc(byte[] parameters, byte[] point)
    {
        KeyAlgorithm? algorithm =
            parameters.AsSpan().SequenceEqual(EcParams(KeyAlgorithm.EcdsaP256)) ? KeyAlgorithm.EcdsaP256
            : parameters.AsSpan().SequenceEqual(EcParams(KeyAlgorithm.EcdsaP384)) ? KeyAlgorithm.EcdsaP384
            : null;
        if (algorithm is null)
        {
            return null;
        }

        // PKCS#11 wants the point as a DER OCTET STRING; some tokens give it bare.
        var field = algorithm.Value.KeySize / 8;
        var bare = point.Length == 1 + 2 * field ? point : AsnDecoder.ReadOctetString(point, AsnEncodingRules.DER, out _);
        if (bare.Length != 1 + 2 * field || bare[0] != 4)
        {
            return null;
        }

        using var ecdsa = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.CreateFromValue(algorithm == KeyAlgorithm.EcdsaP256 ? P256 : P384),
                Q = new ECPoint { X = bare[1..(1 + field)], Y = bare[(1 + field)..] },
            }
        );
        return (algorithm.Value, ecdsa.ExportSubjectPublicKeyInfo());
    }
}
