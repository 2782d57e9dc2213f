using EContract.Signer.Signing;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>What a document is to get.</summary>
public sealed record AugmentationOrder
{
    public required ItemLevel Level { get; init; }

    /// <summary>Field names of the signatures that are to reach the level (of a CMS: numbers of the signers, from 0); empty: all.</summary>
    public IReadOnlyCollection<string> Signatures { get; init; } = [];

    /// <summary>Adds the next archive time-stamp even where one is there: a renewal.</summary>
    public bool Renew { get; init; }

    /// <summary>Goes on where validation data can't be had, or the document does not validate: what there is, is preserved as evidence.</summary>
    public bool PreserveEvidence { get; init; }
}
