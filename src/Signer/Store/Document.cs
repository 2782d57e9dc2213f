using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>
/// A document and its versions. A signature only ever adds bytes at the end, so a version is a length, and what was uploaded is
/// stored once however often it is signed.
/// </summary>
public sealed class Document
{
    public required DocumentId Id { get; init; }

    public required string Caller { get; init; }

    public required string Name { get; init; }

    /// <summary>1 as uploaded; one more with each signature.</summary>
    public required int Version { get; set; }

    /// <summary>Bytes of the newest version.</summary>
    public required long Size { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The activation or seal request that signs it right now.</summary>
    public string? ReservedBy { get; set; }

    public DateTimeOffset? ReservedUntil { get; set; }
}
