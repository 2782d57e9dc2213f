namespace EContract.Signer.Archive.Evidence;

/// <summary>A digest to be given evidence.</summary>
/// <param name="Reference">The caller's own name for the document; may be empty.</param>
public sealed record RegisteredDigest(ReadOnlyMemory<byte> Digest, string Reference);
