namespace EContract.Ca.Registration;

/// <summary>A change as asked for and what became of it.</summary>
/// <param name="Maker">The person who asked.</param>
/// <param name="Approver">The person who decided; null if the operation needs no approval or is undecided.</param>
/// <param name="SubscriberId">Whom it concerns, or whom it made.</param>
/// <param name="FeedPosition">Place in the feed of applied changes.</param>
public sealed record Change(
    ChangeId Id,
    ChangeOperation Operation,
    ChangeState State,
    string Reason,
    string PaperReference,
    string Maker,
    string? Approver,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? DecidedAt,
    string DecisionNote,
    string? SubscriberId,
    string? ApplicationId,
    string? SerialNumber,
    long? FeedPosition
);
