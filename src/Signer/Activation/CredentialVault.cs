using EContract.Hosting.Errors;
using EContract.Hsm;
using EContract.Hsm.Vault;
using EContract.Signer.Store;

namespace EContract.Signer.Activation;

/// <summary>Opens subscribers' keys: the blob from the database, the master in the token and the PIN together.</summary>
public sealed class CredentialVault(Token token, SignerOptions settings) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private Vault? _vault; // guarded by _opening while it is null

    /// <summary>The opened key, or null for a wrong PIN.</summary>
    public async Task<UnwrappedKey?> OpenAsync(Credential credential, SecretBytes pin, CancellationToken cancellationToken)
    {
        var vault = await VaultAsync(cancellationToken);
        var result = await vault.UnwrapAsync(credential.Id.Value, credential.WrappedKey, pin.Memory, cancellationToken);
        if (result.Key is not { } key)
        {
            return null;
        }

        // The blob is bound to its credential by the PIN's derivation; that it holds the certified key is checked all the same.
        if (!key.SubjectPublicKeyInfo.Span.SequenceEqual(credential.PublicKey))
        {
            await key.DisposeAsync();
            throw new ServiceException(Fault.TokenFault, "The opened key is not the credential's.");
        }

        return key;
    }

    public async Task<Vault> VaultAsync(CancellationToken cancellationToken)
    {
        if (_vault is { } known)
        {
            return known;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _vault ??=
                await token.OpenVaultAsync(settings.Keys.Master, settings.Vault, cancellationToken)
                ?? throw new ServiceException(Fault.TokenKeyMissing, $"The token holds no key '{settings.Keys.Master}'.");
        }
        finally
        {
            _opening.Release();
        }
    }

    public void Dispose() => _opening.Dispose();
}
