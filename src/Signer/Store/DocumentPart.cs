using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>A run of a document's bytes.</summary>
public sealed class DocumentPart
{
    public required DocumentId DocumentId { get; init; }

    /// <summary>Of the first byte.</summary>
    public required long Offset { get; init; }

    public required byte[] Data { get; init; }
}
