using EContract.Pki.Tsp;

namespace EContract.Pki.Ers;

/// <summary>A time-stamp of a record and the time at which it has to have been valid.</summary>
/// <param name="Chain">From 0.</param>
/// <param name="Position">From 0 within the chain.</param>
/// <param name="ValidAt">
/// §5.3: "valid relative to the time of the following Archive Timestamp"; null for the last one, which has to be valid when it is judged.
/// </param>
public sealed record EvidenceTimeStamp(int Chain, int Position, TimeStampToken Token, DateTimeOffset? ValidAt);
