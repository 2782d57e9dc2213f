namespace EContract.Ca.Store;

/// <summary>A change of a certificate's status, in the order in which they took effect.</summary>
public sealed class StatusEventRow
{
    /// <summary>Without gaps that could still be filled: numbers are given under a lock that is held until commit.</summary>
    public long Position { get; init; }

    public required string Authority { get; init; }

    public required byte[] Serial { get; init; }

    public CertificateStatus Status { get; init; }

    public int? Reason { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public string? SubscriberId { get; init; }
}
