using EContract.Signer.Identities;
using EContract.Signer.Signing;

namespace EContract.Signer.Store;

/// <summary>
/// The digests of one call within a seal session, and their results, in the order of the call. Calls that touch documents or want
/// time-stamps are activations instead.
/// </summary>
public sealed class SealRequest
{
    public required SealSessionId SessionId { get; init; }

    public required string RequestId { get; init; }

    public required byte[] RequestFingerprint { get; init; }

    public required ActivationState State { get; set; }

    /// <summary>DTBS/R of each item.</summary>
    public required byte[][] Digests { get; init; }

    /// <summary>What the caller gets for each item: signature value or CMS.</summary>
    public byte[][]? Results { get; set; }

    public required DateTimeOffset ReservedAt { get; init; }
}
