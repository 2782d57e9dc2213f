using System.Text;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Activation;

/// <summary>Seeds of authenticator apps, sealed by the token to the credential they belong to.</summary>
public sealed class AuthenticatorSeeds(TokenKeys keys)
{
    public async Task<byte[]> SealAsync(CredentialId credential, SecretBytes seed, CancellationToken cancellationToken)
    {
        var key = await keys.SealAsync(cancellationToken);
        return await key.SealAsync(seed.Memory, Binding(credential), cancellationToken);
    }

    public async Task<SecretBytes> OpenAsync(Authenticator authenticator, CancellationToken cancellationToken)
    {
        var key = await keys.SealAsync(cancellationToken);
        return SecretBytes.Own(await key.OpenAsync(authenticator.SealedSeed, Binding(authenticator.CredentialId), cancellationToken));
    }

    // Another subscriber's seed can't be put into this one's row.
    private static byte[] Binding(CredentialId credential) => Encoding.UTF8.GetBytes($"totp {credential}");
}
