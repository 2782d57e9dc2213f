namespace EContract.Ca.Store;

/// <summary>A change that a maker asked for (R2), and what became of it.</summary>
public sealed class ChangeRow
{
    public required string Id { get; init; }

    /// <summary>The caller's request id; unique per caller.</summary>
    public required string RequestId { get; init; }

    /// <summary>SHA-256 over operation, reason and paper reference: tells a repeated request from a reused id.</summary>
    public required byte[] RequestHash { get; init; }

    public required string Operation { get; init; }

    /// <summary>JSON of the operation.</summary>
    public required string Payload { get; init; }

    public int State { get; set; }

    public required string Reason { get; init; }

    public required string PaperReference { get; init; }

    /// <summary>The calling client of the maker.</summary>
    public required string MakerCaller { get; init; }

    /// <summary>The person who made it.</summary>
    public required string Maker { get; init; }

    public string? Approver { get; set; }

    public DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? DecidedAt { get; set; }

    public string DecisionNote { get; set; } = "";

    public string? SubscriberId { get; set; }

    /// <summary>Every organisation that the data name, as they are and as they are to be: what limits a caller's view.</summary>
    public string[] Organisations { get; set; } = [];

    public string? ApplicationId { get; set; }

    public string? SerialNumber { get; set; }

    /// <summary>Place in the feed of applied changes; null until applied.</summary>
    public long? FeedPosition { get; set; }
}
