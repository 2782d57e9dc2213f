using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Deadlines;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive;

/// <summary>A document after it was augmented or renewed.</summary>
/// <param name="IsPdf">Then <see cref="Augmented.Bytes"/> are what is appended, else all of it.</param>
/// <param name="Size">Of the whole document.</param>
/// <param name="Digest">SHA-256 of the whole document.</param>
internal sealed record ArchiveResult(
    bool IsPdf,
    Augmented Augmented,
    long Size,
    byte[] Digest,
    Protection Protection,
    CollectedSource Carried,
    IReadOnlyList<DocumentVerdict> Verdicts
);
