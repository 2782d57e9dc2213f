using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.X509;

namespace EContract.Ca.Profiles;

/// <summary>What a CA must see in a public key before it certifies it, beyond its size.</summary>
public static class KeyStrength
{
    private static readonly int[] SmallPrimes = FindPrimesBelow(2000);

    /// <summary>Why the key must not be certified; null if nothing speaks against it.</summary>
    public static string? FindWeakness(SubjectPublicKeyInfo key) =>
        key.Algorithm.Oid == Oids.RsaEncryption ? FindRsaWeakness(key) : FindEcWeakness(key);

    private static string? FindRsaWeakness(SubjectPublicKeyInfo key)
    {
        if (!key.TryReadRsa(out _, out var exponent))
        {
            return "the RSA key is malformed";
        }

        // FIPS 186-5 §A.1.1 (a): the exponent is odd, above 2^16 and below 2^256.
        var e = new System.Numerics.BigInteger(exponent.Span, isUnsigned: true, isBigEndian: true);
        if (e.IsEven || e <= 65536 || e.GetBitLength() > 256)
        {
            return "the RSA public exponent is not an odd number between 2^16 and 2^256";
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.Encoded.Span, out _);
        var n = new System.Numerics.BigInteger(rsa.ExportParameters(false).Modulus, isUnsigned: true, isBigEndian: true);
        return Array.Exists(SmallPrimes, prime => (n % prime).IsZero) ? "the RSA modulus has a small factor" : null;
    }

    private static string? FindEcWeakness(SubjectPublicKeyInfo key)
    {
        try
        {
            // Import checks that the point is on the curve (SP 800-56A §5.6.2.3).
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(key.Encoded.Span, out _);
            return null;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return "the EC key is not a point on its curve";
        }
    }

    private static int[] FindPrimesBelow(int limit) =>
        [
            .. Enumerable
                .Range(2, limit - 2)
                .Where(n => Enumerable.Range(2, (int)Math.Sqrt(n)).TakeWhile(d => d * d <= n).All(d => n % d != 0)),
        ];
}
