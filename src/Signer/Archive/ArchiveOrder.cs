using EContract.Signer.Archive.Augmentation;

namespace EContract.Signer.Archive;

/// <summary>What is to be done with a document.</summary>
/// <param name="ContentDigests">Of a detached CAdES signature's content, by the hash algorithm's name.</param>
public sealed record ArchiveOrder(AugmentationOrder Augmentation, IReadOnlyDictionary<string, byte[]> ContentDigests);
