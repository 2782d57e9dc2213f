using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;

namespace EContract.Hsm.Vault;

/// <summary>A wrapped subscriber key as it rests in the database.</summary>
/// <remarks>
/// <code>
/// "ECWK" | version 1 | algorithm 1 | kdf 1 | wrap 1 | rounds 4 | salt 32 | credential 32 | master 16 | kcv 8
///        | length 2 | SubjectPublicKeyInfo | length 2 | wrapped PKCS#8 | tag 32 | checksum 8
/// </code>
/// Big-endian. <c>credential</c> is SHA-256 of the credential id; <c>master</c> names the master key; <c>tag</c> is
/// HMAC-SHA-256 over all before it with a key derived from the master in the token, so that nobody with only the database
/// can make or alter a blob; <c>checksum</c>, the head of a SHA-256, tells damage from everything else.
/// </remarks>
internal sealed class WrappedKeyBlob
{
    private const byte CurrentVersion = 1;
    private const byte Pbkdf2HmacSha512 = 1;
    private const byte AesKeyWrapPad = 1;
    private const int FixedSize = 4 + 4 + 4 + SaltSize + CredentialSize + MasterIdSize + KcvSize;
    private const int TagSize = 32;
    private const int ChecksumSize = 8;
    public const int SaltSize = 32;
    public const int CredentialSize = 32;
    public const int MasterIdSize = 16;
    public const int KcvSize = 8;

    private WrappedKeyBlob(
        KeyAlgorithm algorithm,
        int rounds,
        ReadOnlyMemory<byte> salt,
        ReadOnlyMemory<byte> kcv,
        ReadOnlyMemory<byte> subjectPublicKeyInfo,
        ReadOnlyMemory<byte> wrapped
    )
    {
        Algorithm = algorithm;
        Rounds = rounds;
        Salt = salt;
        Kcv = kcv;
        SubjectPublicKeyInfo = subjectPublicKeyInfo;
        Wrapped = wrapped;
    }

    private static ReadOnlySpan<byte> Magic => "ECWK"u8;

    public KeyAlgorithm Algorithm { get; }

    public int Rounds { get; }

    public ReadOnlyMemory<byte> Salt { get; }

    /// <summary>The first 8 bytes of AES-256-ECB of a zero block under the wrapping key.</summary>
    public ReadOnlyMemory<byte> Kcv { get; }

    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    public ReadOnlyMemory<byte> Wrapped { get; }

    public static byte[] Encode(
        string credentialId,
        MasterSecrets master,
        KeyAlgorithm algorithm,
        int rounds,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> kcv,
        ReadOnlySpan<byte> subjectPublicKeyInfo,
        ReadOnlySpan<byte> wrapped
    )
    {
        var blob = new byte[FixedSize + 2 + subjectPublicKeyInfo.Length + 2 + wrapped.Length + TagSize + ChecksumSize];
        Magic.CopyTo(blob);
        blob[4] = CurrentVersion;
        blob[5] = (byte)algorithm;
        blob[6] = Pbkdf2HmacSha512;
        blob[7] = AesKeyWrapPad;
        BinaryPrimitives.WriteInt32BigEndian(blob.AsSpan(8), rounds);
        var rest = blob.AsSpan(12);
        Put(ref rest, salt);
        HashCredential(credentialId, rest);
        rest = rest[CredentialSize..];
        Put(ref rest, master.Id);
        Put(ref rest, kcv);
        PutWithLength(ref rest, subjectPublicKeyInfo);
        PutWithLength(ref rest, wrapped);
        HMACSHA256.HashData(master.MacKey, blob.AsSpan(0, blob.Length - TagSize - ChecksumSize), rest);
        Checksum(blob, blob.AsSpan(blob.Length - ChecksumSize));
        return blob;
    }

    /// <summary>Checks, in this order: damage, master key, authenticity, credential.</summary>
    /// <exception cref="HsmException">The fault says which check failed.</exception>
    public static WrappedKeyBlob Decode(ReadOnlyMemory<byte> blob, string credentialId, MasterSecrets master)
    {
        var span = blob.Span;
        Span<byte> computed = stackalloc byte[TagSize];
        if (span.Length < FixedSize + 4 + TagSize + ChecksumSize || !span.StartsWith(Magic))
        {
            throw Refuse(HsmFault.BlobCorrupted, "it isn't a wrapped key");
        }

        Checksum(span, computed);
        if (!span[^ChecksumSize..].SequenceEqual(computed[..ChecksumSize]))
        {
            throw Refuse(HsmFault.BlobCorrupted, "its checksum is wrong");
        }

        if (span[4] != CurrentVersion || span[6] != Pbkdf2HmacSha512 || span[7] != AesKeyWrapPad)
        {
            throw Refuse(HsmFault.Refused, $"version {span[4]}.{span[6]}.{span[7]} is unknown here");
        }

        if (!span.Slice(12 + SaltSize + CredentialSize, MasterIdSize).SequenceEqual(master.Id))
        {
            throw Refuse(HsmFault.BlobOfOtherToken, "it was wrapped with another master key");
        }

        HMACSHA256.HashData(master.MacKey, span[..^(TagSize + ChecksumSize)], computed);
        if (!CryptographicOperations.FixedTimeEquals(computed, span[^(TagSize + ChecksumSize)..^ChecksumSize]))
        {
            throw Refuse(HsmFault.BlobCorrupted, "it wasn't made by this token");
        }

        HashCredential(credentialId, computed);
        if (!span.Slice(12 + SaltSize, CredentialSize).SequenceEqual(computed))
        {
            throw Refuse(HsmFault.BlobOfOtherCredential, "it belongs to another credential");
        }

        var rest = blob[FixedSize..^(TagSize + ChecksumSize)];
        var spki = TakeWithLength(ref rest);
        var wrapped = TakeWithLength(ref rest);
        return new WrappedKeyBlob(
            (KeyAlgorithm)span[5],
            BinaryPrimitives.ReadInt32BigEndian(span[8..]),
            blob.Slice(12, SaltSize),
            blob.Slice(FixedSize - KcvSize, KcvSize),
            spki,
            wrapped
        );
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> value)
    {
        value.CopyTo(rest);
        rest = rest[value.Length..];
    }

    private static void PutWithLength(ref Span<byte> rest, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)value.Length));
        rest = rest[2..];
        Put(ref rest, value);
    }

    // Lengths are under the tag: what was checked was written by Encode.
    private static ReadOnlyMemory<byte> TakeWithLength(ref ReadOnlyMemory<byte> rest)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
        var value = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return value;
    }

    private static void HashCredential(string credentialId, Span<byte> destination) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(credentialId), destination);

    private static void Checksum(ReadOnlySpan<byte> blob, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(blob[..^ChecksumSize], hash);
        hash[..Math.Min(hash.Length, destination.Length)].CopyTo(destination);
    }

    private static HsmException Refuse(HsmFault fault, string why) =>
        new("unwrap", Ckr.CKR_OK, fault, $"the wrapped key is refused: {why}");
}
