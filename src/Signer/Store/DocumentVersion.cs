using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>One version of a document: its first <see cref="Size"/> bytes.</summary>
public sealed class DocumentVersion
{
    public required DocumentId DocumentId { get; init; }

    public required int Version { get; init; }

    public required long Size { get; init; }

    /// <summary>SHA-256.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>Who signed this version; null for the uploaded one.</summary>
    public SubscriberId? SignerId { get; init; }

    /// <summary>In which role; one signature per person and role (R8).</summary>
    public string? Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
