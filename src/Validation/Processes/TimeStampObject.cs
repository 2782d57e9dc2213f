using EContract.Pki.Tsp;
using EContract.Validation.Conclusions;
using EContract.Validation.Proofs;

namespace EContract.Validation.Processes;

/// <summary>A time-stamp token with what it is over.</summary>
/// <param name="Id">Its name in the report.</param>
/// <param name="Token">The token.</param>
/// <param name="Imprint">Whether the message imprint is of what the token is found with (<see cref="ImprintCheck"/>).</param>
/// <param name="Covered">What a valid token proves to have existed.</param>
internal sealed record TimeStampObject(string Id, TimeStampToken Token, Conclusion Imprint, IReadOnlyList<ReadOnlyMemory<byte>> Covered)
{
    public ProofOfExistence Proof => new(Token.TstInfo.GenTime, Id);
}
