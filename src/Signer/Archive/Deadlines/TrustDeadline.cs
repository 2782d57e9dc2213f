namespace EContract.Signer.Archive.Deadlines;

/// <summary>Until when a document's protection holds without another time-stamp.</summary>
/// <param name="Subject">For people: which certificate or algorithm.</param>
public sealed record TrustDeadline(DateTimeOffset Time, DeadlineReason Reason, string Subject)
{
    public static TrustDeadline Earlier(TrustDeadline left, TrustDeadline right) => right.Time < left.Time ? right : left;
}
