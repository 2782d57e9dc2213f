namespace EContract.Signer.Signing;

/// <summary>What came of a call within a seal session.</summary>
/// <param name="Items">In the order of the request.</param>
public sealed record SealResult(IReadOnlyList<SealedItem> Items, int SignaturesLeft);
