using EContract.Signer.Identities;

namespace EContract.Signer.Signing;

/// <summary>One call within a seal session on its way through the ledger.</summary>
/// <param name="Digests">DTBS/R of each item.</param>
internal sealed record SealEntry(CallOrigin Call, SealSessionId Session, RequestKey Request, byte[][] Digests)
{
    /// <summary>Set by the reservation: the request id is new.</summary>
    public bool Reserved { get; set; }

    /// <summary>Set by the reservation.</summary>
    public int SignaturesLeft { get; set; }

    /// <summary>Set before it is recorded: what the caller gets for each item.</summary>
    public byte[][] Results { get; set; } = [];
}
