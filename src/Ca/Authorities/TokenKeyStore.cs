using EContract.Hsm;
using EContract.Hsm.Keys;

namespace EContract.Ca.Authorities;

/// <summary>The keys on the token.</summary>
public sealed class TokenKeyStore(Token token) : IKeyStore
{
    public Task<ISigningKey?> FindAsync(string label, CancellationToken cancellationToken) =>
        token.FindSigningKeyAsync(label, cancellationToken);

    public Task<ISigningKey> GenerateAsync(string label, KeyAlgorithm algorithm, CancellationToken cancellationToken) =>
        token.GenerateSigningKeyAsync(label, algorithm, cancellationToken);
}
