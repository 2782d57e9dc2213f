namespace EContract.Ca.Store;

/// <summary>An approved application for one certificate.</summary>
public sealed class ApplicationRow
{
    public required string Id { get; init; }

    public required string SubscriberId { get; init; }

    public required string Profile { get; init; }

    public int State { get; set; }

    /// <summary>JSON of the subscriber's data as approved: the certificate says this and nothing else.</summary>
    public required string Subject { get; init; }

    public string? ReplacesSerialNumber { get; init; }

    public string? SerialNumber { get; set; }

    public DateTimeOffset ApprovedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
