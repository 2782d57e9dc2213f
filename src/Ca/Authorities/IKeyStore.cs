using EContract.Hsm.Keys;

namespace EContract.Ca.Authorities;

/// <summary>Where authorities' keys live: the token in service, memory in tests of what signs with them.</summary>
public interface IKeyStore
{
    Task<ISigningKey?> FindAsync(string label, CancellationToken cancellationToken);

    /// <summary>Fails if the label exists.</summary>
    Task<ISigningKey> GenerateAsync(string label, KeyAlgorithm algorithm, CancellationToken cancellationToken);
}
