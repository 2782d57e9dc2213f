using System.Security.Cryptography;

namespace EContract.Hsm.Keys;

/// <summary>The DER <c>DigestInfo</c> of PKCS#1 v1.5 signatures.</summary>
/// <remarks>
/// <code>
/// DigestInfo ::= SEQUENCE { digestAlgorithm DigestAlgorithmIdentifier, digest Digest }   -- RFC 8017 §9.2
/// </code>
/// The prefixes are those of RFC 8017 §9.2 note 1; a test compares them with AsnWriter's.
/// </remarks>
internal static class DigestInfo
{
    public const int MaxSize = 19 + 64;

    private static ReadOnlySpan<byte> Sha256 =>
        [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

    private static ReadOnlySpan<byte> Sha384 =>
        [0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30];

    private static ReadOnlySpan<byte> Sha512 =>
        [0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40];

    /// <summary>Writes the DigestInfo and returns its length.</summary>
    public static int Write(HashAlgorithmName hash, ReadOnlySpan<byte> digest, Span<byte> destination)
    {
        var prefix =
            hash == HashAlgorithmName.SHA256 ? Sha256
            : hash == HashAlgorithmName.SHA384 ? Sha384
            : Sha512;
        prefix.CopyTo(destination);
        digest.CopyTo(destination[prefix.Length..]);
        return prefix.Length + digest.Length;
    }
}
