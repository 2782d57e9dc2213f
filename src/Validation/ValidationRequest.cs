using System.Security.Cryptography;
using EContract.Validation.Sources;

namespace EContract.Validation;

/// <summary>What a caller may add to what he wants validated.</summary>
public sealed record ValidationRequest
{
    /// <summary>What the report calls it, such as the file's name.</summary>
    public string? Name { get; init; }

    /// <summary>The time for which the verdict is wanted; null: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Certificates and revocation data that the caller has.</summary>
    public CollectedSource? Material { get; init; }

    /// <summary>The detached content of a CMS signature, or what a token stamps; seekable.</summary>
    public Stream? Content { get; init; }

    /// <summary>Evidence records (RFC 4998, DER) over the whole file that is validated.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> EvidenceRecords { get; init; } = [];

    /// <summary>Instead of the content, its digest: for callers whose documents stay with them.</summary>
    public (HashAlgorithmName Hash, ReadOnlyMemory<byte> Digest)? ContentDigest { get; init; }
}
