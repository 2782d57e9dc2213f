using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Keys;

public sealed class TokenSigningKeyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(KeyAlgorithm.Rsa2048, SignatureScheme.RsaPkcs1)]
    [InlineData(KeyAlgorithm.Rsa2048, SignatureScheme.RsaPss)]
    [InlineData(KeyAlgorithm.EcdsaP256, SignatureScheme.Ecdsa)]
    [InlineData(KeyAlgorithm.EcdsaP384, SignatureScheme.Ecdsa)]
    public async Task Signatures_verify_with_the_public_key(KeyAlgorithm algorithm, SignatureScheme scheme)
    {
        using var soft = SoftHsmToken.Create();
        await using var token = await soft.OpenAsync(cancellationToken: Stop);
        var key = await token.GenerateSigningKeyAsync("k", algorithm, Stop);
        foreach (var hash in new[] { HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512 })
        {
            var digest = CryptographicOperations.HashData(hash, "data"u8);
            var signature = new byte[key.MaxSignatureSize];
            var n = key.SignDigest(digest, hash, scheme, signature, Stop);
            Assert.True(new PublicKeyVerifier(algorithm, key.SubjectPublicKeyInfo).Verify(digest, signature.AsSpan(0, n), hash, scheme));
            n = await key.SignDigestAsync(digest, hash, scheme, signature, Stop);
            Assert.True(new PublicKeyVerifier(algorithm, key.SubjectPublicKeyInfo).Verify(digest, signature.AsSpan(0, n), hash, scheme));
        }
    }

    [Fact]
    public async Task A_key_is_found_again_after_the_token_was_closed()
    {
        using var soft = SoftHsmToken.Create();
        ReadOnlyMemory<byte> made;
        await using (var token = await soft.OpenAsync(cancellationToken: Stop))
        {
            made = (await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop)).SubjectPublicKeyInfo;
        }

        await using var again = await soft.OpenAsync(cancellationToken: Stop);
        var found = await again.FindSigningKeyAsync("k", Stop);
        Assert.NotNull(found);
        Assert.Equal(made.ToArray(), found.SubjectPublicKeyInfo.ToArray());
        Assert.Null(await again.FindSigningKeyAsync("other", Stop));
        var fault = await Assert.ThrowsAsync<HsmException>(() => again.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop));
        Assert.Equal(HsmFault.KeyExists, fault.Fault);
    }
}
