using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Contract;

/// <summary>What every PKCS#11 module must do with this layer on it. One class per module runs it.</summary>
public abstract class TokenContract(ITokenFixture fixture)
{
    private static readonly byte[] Pin = "ひみつ1234"u8.ToArray();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<KeyAlgorithm, SignatureScheme> Schemes =>
        new()
        {
            { KeyAlgorithm.Rsa2048, SignatureScheme.RsaPkcs1 },
            { KeyAlgorithm.Rsa2048, SignatureScheme.RsaPss },
            { KeyAlgorithm.EcdsaP256, SignatureScheme.Ecdsa },
            { KeyAlgorithm.EcdsaP384, SignatureScheme.Ecdsa },
        };

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task Signatures_with_every_hash_verify(KeyAlgorithm algorithm, SignatureScheme scheme)
    {
        var key = await fixture.Token.GenerateSigningKeyAsync($"sign {algorithm} {scheme}", algorithm, Stop);
        await AssertSignsAsync(key, scheme);
    }

    [Fact]
    public async Task A_made_key_is_found_by_label_with_the_same_public_key_after_reopening()
    {
        var made = await fixture.Token.GenerateSigningKeyAsync("found again", KeyAlgorithm.EcdsaP256, Stop);
        await fixture.ReopenAsync();
        var found = await fixture.Token.FindSigningKeyAsync("found again", Stop);
        Assert.NotNull(found);
        Assert.NotSame(made, found);
        Assert.Equal(made.SubjectPublicKeyInfo.ToArray(), found.SubjectPublicKeyInfo.ToArray());
        Assert.Equal(made.Algorithm, found.Algorithm);
        await AssertSignsAsync(found, SignatureScheme.Ecdsa);
    }

    [Fact]
    public async Task A_label_is_given_once_and_an_unknown_one_is_null()
    {
        await fixture.Token.GenerateSigningKeyAsync("once", KeyAlgorithm.EcdsaP256, Stop);
        var fault = await Assert.ThrowsAsync<HsmException>(() =>
            fixture.Token.GenerateSigningKeyAsync("once", KeyAlgorithm.EcdsaP384, Stop)
        );
        Assert.Equal(HsmFault.KeyExists, fault.Fault);
        Assert.Null(await fixture.Token.FindSigningKeyAsync("never made", Stop));
    }

    [Fact]
    public async Task Dotnet_builders_sign_certificates_with_the_token()
    {
        foreach (var algorithm in new[] { KeyAlgorithm.Rsa2048, KeyAlgorithm.EcdsaP256 })
        {
            var key = await fixture.Token.GenerateSigningKeyAsync($"issuer {algorithm}", algorithm, Stop);
            var generator = SigningKeyAdapters.CreateSignatureGenerator(key);
            var name = new X500DistinguishedName("CN=Token");
            var request = new CertificateRequest(name, generator.PublicKey, HashAlgorithmName.SHA256);
            var now = DateTimeOffset.UtcNow;
            using var certificate = request.Create(name, generator, now, now.AddDays(1), [1]);
            using var chain = new X509Chain();
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(certificate);
            Assert.True(chain.Build(certificate));
        }
    }

    [Fact]
    public async Task An_hmac_depends_on_key_and_data_and_survives_reopening()
    {
        var made = await fixture.Token.GenerateHmacKeyAsync("pepper", Stop);
        var first = await made.ComputeAsync("12345678"u8.ToArray(), Stop);
        await fixture.ReopenAsync();
        var found = (await fixture.Token.FindHmacKeyAsync("pepper", Stop))!;
        var again = new byte[HmacKey.MacSize];
        found.Compute("12345678"u8, again, Stop);
        Assert.Equal(first, again);
        var other = await fixture.Token.GenerateHmacKeyAsync("pepper 2", Stop);
        Assert.NotEqual(first, await other.ComputeAsync("12345678"u8.ToArray(), Stop));
        Assert.NotEqual(first, await found.ComputeAsync("12345679"u8.ToArray(), Stop));
        Assert.Null(await fixture.Token.FindHmacKeyAsync("none", Stop));
    }

    [Fact]
    public async Task A_sealed_secret_opens_only_unchanged_and_in_its_place()
    {
        var key = await fixture.Token.GenerateSealingKeyAsync("seal", Stop);
        var secret = RandomNumberGenerator.GetBytes(20);
        var place = "totp/alice"u8.ToArray();
        var blob = await key.SealAsync(secret, place, Stop);
        Assert.Equal(secret, await key.OpenAsync(blob, place, Stop));
        for (var i = 0; i < blob.Length; i++)
        {
            var flipped = (byte[])blob.Clone();
            flipped[i] ^= 1;
            await AssertFaultAsync(HsmFault.BlobCorrupted, () => key.OpenAsync(flipped, place, Stop));
        }

        await AssertFaultAsync(HsmFault.BlobCorrupted, () => key.OpenAsync(blob, "totp/bob"u8.ToArray(), Stop));
        Assert.Equal(TokenState.Ready, fixture.Token.Health.State);
    }

    [Fact]
    public async Task Random_bytes_come_from_the_token()
    {
        var first = await fixture.Token.RandomAsync(32, Stop);
        Assert.NotEqual(first, await fixture.Token.RandomAsync(32, Stop));
    }

    [Theory]
    [InlineData(KeyAlgorithm.Rsa2048, SignatureScheme.RsaPkcs1)]
    [InlineData(KeyAlgorithm.EcdsaP256, SignatureScheme.Ecdsa)]
    [InlineData(KeyAlgorithm.EcdsaP384, SignatureScheme.Ecdsa)]
    public async Task A_wrapped_key_signs_after_unwrapping_and_after_the_pin_has_changed(KeyAlgorithm algorithm, SignatureScheme scheme)
    {
        var (blob, publicKey) = await CreateAsync("alice", algorithm);
        await fixture.ReopenAsync();
        var opened = await fixture.Vault.UnwrapAsync("alice", blob, Pin, Stop);
        Assert.False(opened.WrongPin);
        Assert.Equal(publicKey, opened.Key.SubjectPublicKeyInfo.ToArray());
        await using (opened.Key)
        {
            await AssertSignsAsync(opened.Key, scheme);
        }

        var newPin = "new pin"u8.ToArray();
        Assert.Null(await fixture.Vault.RewrapAsync("alice", blob, newPin, newPin, Stop));
        var rewrapped = await fixture.Vault.RewrapAsync("alice", blob, Pin, newPin, Stop);
        Assert.NotNull(rewrapped);
        Assert.True((await fixture.Vault.UnwrapAsync("alice", rewrapped, Pin, Stop)).WrongPin);
        var digests = new[] { "a"u8.ToArray(), "b"u8.ToArray() }
            .Select(d => new DigestToSign(SHA256.HashData(d), HashAlgorithmName.SHA256, scheme))
            .ToArray();
        Assert.Null(await fixture.Vault.SignAsync("alice", rewrapped, Pin, digests, Stop));
        Assert.Null(fixture.Vault.Sign("alice", rewrapped, Pin, digests, Stop));
        var signatures = await fixture.Vault.SignAsync("alice", rewrapped, newPin, digests, Stop);
        Assert.NotNull(signatures);
        var here = fixture.Vault.Sign("alice", rewrapped, newPin, digests, Stop);
        Assert.NotNull(here);
        var verifier = new PublicKeyVerifier(algorithm, publicKey);
        for (var i = 0; i < digests.Length; i++)
        {
            Assert.True(verifier.Verify(digests[i].Digest.Span, signatures[i], digests[i].Hash, scheme));
            Assert.True(verifier.Verify(digests[i].Digest.Span, here[i], digests[i].Hash, scheme));
        }
    }

    [Theory]
    [InlineData(SignatureCheck.RsaOnly)]
    [InlineData(SignatureCheck.Never)]
    public async Task A_wrong_pin_is_seen_too_where_the_caller_verifies_signatures(SignatureCheck check)
    {
        var (blob, publicKey) = await CreateAsync("alice", KeyAlgorithm.EcdsaP256);
        var options = new VaultOptions { Rounds = 100, SignatureCheck = check };
        var vault = (await fixture.Token.OpenVaultAsync("master", options, Stop))!;
        var digests = new[] { new DigestToSign(SHA256.HashData("a"u8), HashAlgorithmName.SHA256, SignatureScheme.Ecdsa) };
        var wrong = "ひみつ1235"u8.ToArray();
        Assert.Null(await vault.SignAsync("alice", blob, wrong, digests, Stop));
        Assert.Null(vault.Sign("alice", blob, wrong, digests, Stop));
        var verifier = new PublicKeyVerifier(KeyAlgorithm.EcdsaP256, publicKey);
        foreach (
            var signatures in new[]
            {
                await vault.SignAsync("alice", blob, Pin, digests, Stop),
                vault.Sign("alice", blob, Pin, digests, Stop),
            }
        )
        {
            Assert.True(
                verifier.Verify(digests[0].Digest.Span, Assert.Single(signatures!), HashAlgorithmName.SHA256, SignatureScheme.Ecdsa)
            );
        }

        Assert.True((await vault.UnwrapAsync("alice", blob, wrong, Stop)).WrongPin);
        await using var opened = (await vault.UnwrapAsync("alice", blob, Pin, Stop)).Key!;
        await AssertSignsAsync(opened, SignatureScheme.Ecdsa);
    }

    [Fact]
    public async Task A_wrong_pin_is_a_result_and_never_opens()
    {
        var (blob, _) = await CreateAsync("alice", KeyAlgorithm.EcdsaP256);
        foreach (var wrong in new[] { "1", "ひみつ1235", "ひみつ1234 ", "himitsu1234" })
        {
            Assert.True((await fixture.Vault.UnwrapAsync("alice", blob, Encoding.UTF8.GetBytes(wrong), Stop)).WrongPin);
        }

        Assert.Equal(TokenState.Ready, fixture.Token.Health.State);
    }

    [Fact]
    public async Task A_blob_with_any_byte_flipped_is_refused_as_corrupted()
    {
        var (blob, _) = await CreateAsync("alice", KeyAlgorithm.EcdsaP256);
        for (var i = 0; i < blob.Length; i++)
        {
            foreach (var mask in new byte[] { 0x01, 0x80, 0xFF })
            {
                var flipped = (byte[])blob.Clone();
                flipped[i] ^= mask;
                await AssertFaultAsync(HsmFault.BlobCorrupted, () => fixture.Vault.UnwrapAsync("alice", flipped, Pin, Stop));
            }
        }

        for (var length = 0; length < blob.Length; length++)
        {
            await AssertFaultAsync(HsmFault.BlobCorrupted, () => fixture.Vault.UnwrapAsync("alice", blob.AsMemory(0, length), Pin, Stop));
        }
    }

    [Fact]
    public async Task A_forged_blob_with_a_good_checksum_is_refused()
    {
        var (blob, _) = await CreateAsync("alice", KeyAlgorithm.EcdsaP256);
        for (var i = 8; i < blob.Length - 8; i++)
        {
            var forged = (byte[])blob.Clone();
            forged[i] ^= 1;
            SHA256.HashData(forged.AsSpan(0, forged.Length - 8)).AsSpan(0, 8).CopyTo(forged.AsSpan(forged.Length - 8));
            var expected = i is >= 76 and < 92 ? HsmFault.BlobOfOtherToken : HsmFault.BlobCorrupted;
            await AssertFaultAsync(expected, () => fixture.Vault.UnwrapAsync("alice", forged, Pin, Stop));
        }
    }

    [Fact]
    public async Task A_blob_of_another_credential_is_refused_even_with_its_pin()
    {
        var (blob, _) = await CreateAsync("alice", KeyAlgorithm.EcdsaP256);
        await AssertFaultAsync(HsmFault.BlobOfOtherCredential, () => fixture.Vault.UnwrapAsync("bob", blob, Pin, Stop));
        await AssertFaultAsync(HsmFault.BlobOfOtherCredential, () => fixture.Vault.RewrapAsync("bob", blob, Pin, Pin, Stop));
    }

    [Fact]
    public async Task A_blob_of_another_master_key_is_refused()
    {
        var (blob, _) = await CreateAsync("alice", KeyAlgorithm.EcdsaP256);
        await AssertFaultAsync(HsmFault.BlobOfOtherToken, () => fixture.OtherVault.UnwrapAsync("alice", blob, Pin, Stop));
    }

    [Fact]
    public async Task A_key_is_destroyed_when_its_use_ends()
    {
        var before = await SessionObjectsAsync();
        var (blob, _) = await CreateAsync("alice", KeyAlgorithm.EcdsaP256);
        Assert.Equal(before, await SessionObjectsAsync());
        var opened = await fixture.Vault.UnwrapAsync("alice", blob, Pin, Stop);
        Assert.Equal(before + 1, await SessionObjectsAsync());
        await opened.Key!.DisposeAsync();
        Assert.Equal(before, await SessionObjectsAsync());
        Assert.Equal(0, fixture.Token.Core.OpenKeys);
    }

    [Fact]
    public async Task Sixteen_callers_sign_side_by_side()
    {
        var key = await fixture.Token.GenerateSigningKeyAsync("busy", KeyAlgorithm.EcdsaP256, Stop);
        await Parallel.ForAsync(0, 16, Stop, async (_, _) => await AssertSignsAsync(key, SignatureScheme.Ecdsa));
        Assert.Equal(0, fixture.Token.Core.Admission.InUse);
    }

    [Fact]
    public async Task A_key_in_steady_use_signs_by_one_copy_that_is_protected_as_its_original()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        await using var token = await fixture.OpenAnotherAsync(time);
        foreach (var algorithm in new[] { KeyAlgorithm.EcdsaP256, KeyAlgorithm.Rsa2048 })
        {
            var label = $"steady {algorithm}";
            var key = await token.GenerateSigningKeyAsync(label, algorithm, Stop);
            await AssertSignsAsync(key, algorithm.DefaultScheme);
            Assert.Single(await SessionObjects.LabelsAsync(token, Stop), label);
            var (original, copy) = await SessionObjects.WithCopyAsync(token, label, Stop);
            Assert.Equal(original, copy);
        }
    }

    internal static async Task AssertFaultAsync(HsmFault expected, Func<Task> action)
    {
        var fault = await Assert.ThrowsAsync<HsmException>(action);
        Assert.Equal(expected, fault.Fault);
    }

    private static async Task AssertSignsAsync(ISigningKey key, SignatureScheme scheme)
    {
        var verifier = new PublicKeyVerifier(key.Algorithm, key.SubjectPublicKeyInfo);
        var signature = new byte[key.MaxSignatureSize];
        foreach (var hash in new[] { HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512 })
        {
            var digest = CryptographicOperations.HashData(hash, "data"u8);
            var length = key.SignDigest(digest, hash, scheme, signature, Stop);
            Assert.True(verifier.Verify(digest, signature.AsSpan(0, length), hash, scheme));
            length = await key.SignDigestAsync(digest, hash, scheme, signature, Stop);
            Assert.True(verifier.Verify(digest, signature.AsSpan(0, length), hash, scheme));
        }
    }

    private Task<(byte[] Blob, byte[] PublicKey)> CreateAsync(string credentialId, KeyAlgorithm algorithm) =>
        fixture.Vault.CreateAsync(
            credentialId,
            algorithm,
            Pin,
            (key, blob, _) => Task.FromResult((blob, key.SubjectPublicKeyInfo.ToArray())),
            Stop
        );

    private async Task<int> SessionObjectsAsync() =>
        // Copies of the masters, which both vaults have in steady use, are no subscriber's keys.
        (await SessionObjects.LabelsAsync(fixture.Token, Stop)).Count(label => !label.EndsWith("master", StringComparison.Ordinal));
}

public sealed class SoftHsmTokenTests(SoftHsmFixture fixture) : TokenContract(fixture), IClassFixture<SoftHsmFixture>;

public sealed class NssTokenTests(NssFixture fixture) : TokenContract(fixture), IClassFixture<NssFixture>;

public sealed class FaultShimTokenTests(FaultShimFixture fixture) : TokenContract(fixture), IClassFixture<FaultShimFixture>;
