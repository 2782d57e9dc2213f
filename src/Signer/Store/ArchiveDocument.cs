using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>A document that is to be renewed before its protection ends. Its bytes are not here.</summary>
public sealed class ArchiveDocument
{
    public required ArchiveDocumentId Id { get; init; }

    public required string Caller { get; init; }

    public required string Name { get; init; }

    /// <summary><c>file:path</c>, <c>s3:bucket/key</c>; null: the caller keeps it.</summary>
    public string? Location { get; init; }

    /// <summary>SHA-256 of the document as it is known.</summary>
    public required byte[] Digest { get; set; }

    public required long Size { get; set; }

    public required DateTimeOffset Deadline { get; set; }

    public required DeadlineReason DeadlineReason { get; set; }

    public required string DeadlineSubject { get; set; }

    /// <summary>SHA-256 of certificates whose revocation would end the protection: <see cref="ArchiveProtector"/>.</summary>
    public required byte[][] Protectors { get; set; }

    /// <summary>Digests of the detached content, <c>SHA256:hex</c> and so on; empty where the document holds it.</summary>
    public required string[] ContentDigests { get; init; }

    public required int Renewals { get; set; }

    public required DateTimeOffset RegisteredAt { get; init; }

    public DateTimeOffset? RenewedAt { get; set; }

    /// <summary>SHA-256 before the last renewal.</summary>
    public byte[]? PreviousDigest { get; set; }

    /// <summary>
    /// SHA-256 of the renewed document, written before the document is put in its place: whoever finds this digest there after a crash has
    /// nothing to stamp any more.
    /// </summary>
    public byte[]? PendingDigest { get; set; }

    /// <summary>The node's work that renews it now.</summary>
    public Guid? Claim { get; set; }

    public DateTimeOffset? ClaimedUntil { get; set; }
}
