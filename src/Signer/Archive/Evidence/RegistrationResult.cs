namespace EContract.Signer.Archive.Evidence;

/// <summary>What became of a stream of digests.</summary>
/// <param name="Registered">New ones.</param>
/// <param name="Known">Those that were registered before: a repeated stream registers nothing twice.</param>
public readonly record struct RegistrationResult(long Registered, long Known);
