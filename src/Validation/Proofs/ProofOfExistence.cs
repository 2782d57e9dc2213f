namespace EContract.Validation.Proofs;

/// <summary>An object existed at a time (ETSI EN 319 102-1 §3.1: proof of existence).</summary>
/// <param name="Time">Not later than this it existed.</param>
/// <param name="Origin">What proves it: the validation itself, or a time-stamp by its name in the report.</param>
public sealed record ProofOfExistence(DateTimeOffset Time, string Origin);
