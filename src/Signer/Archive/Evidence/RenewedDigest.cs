namespace EContract.Signer.Archive.Evidence;

/// <summary>A document's digest as registered, and in a stronger algorithm.</summary>
public sealed record RenewedDigest(ReadOnlyMemory<byte> Registered, ReadOnlyMemory<byte> Renewed);
