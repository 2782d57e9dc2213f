using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Proto.Validation.V1;
using Google.Protobuf;

namespace EContract.Validation.Grpc;

/// <summary>What callers ask, read and checked.</summary>
internal static class RequestsOnWire
{
    private static readonly HashAlgorithmName[] Digests =
    [
        HashAlgorithmName.SHA256,
        HashAlgorithmName.SHA384,
        HashAlgorithmName.SHA512,
        HashAlgorithmName.SHA1,
        HashAlgorithmName.SHA3_256,
        HashAlgorithmName.SHA3_384,
        HashAlgorithmName.SHA3_512,
    ];

    public static ValidationRequest Read(Options? options, Digest? digest) =>
        new() { At = ReadTime(options), ContentDigest = digest is null ? null : Read(digest) };

    public static ReadOnlyMemory<byte> Required(ByteString value, string field) =>
        value.IsEmpty ? throw ServiceException.Invalid(field, "is missing") : value.Memory;

    private static DateTimeOffset? ReadTime(Options? options)
    {
        try
        {
            return options?.Time?.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw ServiceException.Invalid("options.time", "is no time");
        }
    }

    private static (HashAlgorithmName Hash, ReadOnlyMemory<byte> Digest) Read(Digest digest)
    {
        var hash = Array.Find(Digests, known => string.Equals(known.Name, digest.Algorithm, StringComparison.OrdinalIgnoreCase));
        if (hash.Name is null)
        {
            throw ServiceException.Invalid("content_digest.algorithm", $"must be one of {string.Join(", ", Digests.Select(d => d.Name))}");
        }

        return digest.Value.Length == HashAlgorithms.DigestLength(hash)
            ? (hash, digest.Value.Memory)
            : throw ServiceException.Invalid("content_digest.value", $"must have {HashAlgorithms.DigestLength(hash)} octets");
    }
}
