using EContract.Hsm.Keys;
using EContract.Signer;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;

namespace EContract.Bench.Sign;

/// <summary>An open seal session on a node with a database and a token of its own, and the same kind of key for the token alone.</summary>
internal sealed class BenchSeal(SignerNode node, SealSession session, ISigningKey bareKey)
{
    /// <summary>A token key whose signatures nobody verifies: the bare loop.</summary>
    public ISigningKey BareKey => bareKey;

    /// <summary>How many signatures one call gave.</summary>
    public async Task<int> SignAsync(IReadOnlyList<SigningOrder> orders)
    {
        var result = await node.Sealing.SignAsync(SignerNode.Portal, node.Request(), session.Id, orders, CancellationToken.None);
        return result.Items.Count;
    }
}
