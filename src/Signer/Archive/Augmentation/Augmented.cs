using EContract.Validation.Collection;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>What was added.</summary>
/// <param name="Bytes">Of a PDF what is appended (empty: nothing was to be done); of a CMS all of it.</param>
/// <param name="Missing">What could not be had though it is needed; only where evidence was preserved anyway.</param>
/// <param name="TimeStamps">How many time-stamps were added.</param>
public sealed record Augmented(ReadOnlyMemory<byte> Bytes, IReadOnlyList<MissingData> Missing, int TimeStamps);
