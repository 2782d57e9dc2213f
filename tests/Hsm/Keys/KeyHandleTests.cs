using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Keys;

/// <summary>Which of the two, token object or session copy, a token key is used by, and until when.</summary>
public sealed class KeyHandleTests
{
    private static readonly byte[] Digest = SHA256.HashData("data"u8);
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_used_now_and_then_has_no_copy()
    {
        using var soft = SoftHsmToken.Create();
        await using var token = await OpenAsync(soft.TokenOptions);
        var key = await token.GenerateSigningKeyAsync("root", KeyAlgorithm.EcdsaP256, Stop);
        for (var i = 0; i < 5; i++)
        {
            Sign(key);
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Empty(await SessionObjects.LabelsAsync(token, Stop));
    }

    [Fact]
    public async Task Keys_of_every_use_have_one_copy_and_it_goes_with_the_token()
    {
        using var shim = FaultShimToken.Create();
        await using (var token = await OpenAsync(shim.TokenOptions))
        {
            var key = await token.GenerateSigningKeyAsync("signs", KeyAlgorithm.EcdsaP256, Stop);
            var pepper = await token.GenerateHmacKeyAsync("pepper", Stop);
            await token.GenerateMasterAsync("master", Stop);
            var vault = (await token.OpenVaultAsync("master", new Hsm.Vault.VaultOptions { Rounds = 1 }, Stop))!;
            var pin = "1234"u8.ToArray();
            var blob = await vault.CreateAsync("alice", KeyAlgorithm.EcdsaP256, pin, (_, b, _) => Task.FromResult(b), Stop);
            var mac = await pepper.ComputeAsync(Digest, Stop);
            for (var i = 0; i < 5; i++)
            {
                Sign(key);
                Assert.Equal(mac, await pepper.ComputeAsync(Digest, Stop));
                Assert.False((await OpenOnceAsync(vault, blob, pin)).WrongPin);
            }

            Assert.Equal(["master", "pepper", "signs"], (await SessionObjects.LabelsAsync(token, Stop)).Order(StringComparer.Ordinal));
            Assert.Equal(3, shim.Calls("C_CopyObject"));
            foreach (var label in new[] { "master", "pepper", "signs" })
            {
                var (original, copy) = await SessionObjects.WithCopyAsync(token, label, Stop);
                Assert.Equal(original, copy);
            }
        }

        Assert.Equal(0, shim.OpenSessions);
    }

    [Fact]
    public async Task A_key_destroyed_on_the_token_by_another_process_signs_a_quarter_of_a_second_longer_at_most()
    {
        using var soft = SoftHsmToken.Create();
        await using var token = await OpenAsync(soft.TokenOptions);
        var key = await token.GenerateSigningKeyAsync("doomed", KeyAlgorithm.EcdsaP256, Stop);
        Sign(key);
        Sign(key);
        Assert.Equal(["doomed"], await SessionObjects.LabelsAsync(token, Stop));

        // Another copy of the module has a state of its own, as another process has.
        var elsewhere = soft.TokenOptions;
        elsewhere.ModulePath = Path.Combine(soft.Directory, "another.so");
        File.Copy(soft.ModulePath, elsewhere.ModulePath);
        await using (var other = await OpenAsync(elsewhere))
        {
            await other.Core.RunAsync(
                "destroy",
                session =>
                {
                    session.Destroy(Assert.Single(TokenObjects.Find(session, Pkcs11.CKO_PRIVATE_KEY, "doomed")));
                    return true;
                },
                Stop
            );
        }

        Sign(key);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(HsmFault.KeyNotFound, Assert.Throws<HsmException>(() => Sign(key)).Fault);
        Assert.Equal(HsmFault.KeyNotFound, Assert.Throws<HsmException>(() => Sign(key)).Fault);
        Assert.Empty(await SessionObjects.LabelsAsync(token, Stop));
    }

    [Theory]
    [InlineData(SessionCopies.Auto, 1)]
    [InlineData(SessionCopies.Always, 1)]
    [InlineData(SessionCopies.Never, 0)]
    public async Task The_setting_says_whether_copies_are_made(SessionCopies copies, int expected)
    {
        using var shim = FaultShimToken.Create();
        var options = shim.TokenOptions;
        options.SessionCopies = copies;
        await using var token = await OpenAsync(options);
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        for (var i = 0; i < 5; i++)
        {
            Sign(key);
        }

        Assert.Equal(expected, shim.Calls("C_CopyObject"));
        Assert.Equal(expected, (await SessionObjects.LabelsAsync(token, Stop)).Length);
    }

    [Theory]
    [InlineData("C_CopyObject return 0x54", 1)] // CKR_FUNCTION_NOT_SUPPORTED
    [InlineData("C_CopyObject return 0x1B", 1)] // CKR_ACTION_PROHIBITED
    [InlineData("C_CopyObject return 0xD1", 1)] // CKR_TEMPLATE_INCONSISTENT
    [InlineData("C_CopyObject return 0x10", 1)] // CKR_ATTRIBUTE_READ_ONLY
    [InlineData("C_CopyObject return 0x5", 2)] // CKR_GENERAL_ERROR: it may be better another time
    public async Task A_token_that_refuses_the_copy_signs_with_the_token_object(string rule, int attemptsIn20Seconds)
    {
        using var shim = FaultShimToken.Create();
        await using var token = await OpenAsync(shim.TokenOptions);
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        shim.Inject(rule);
        for (var i = 0; i < 20; i++)
        {
            Sign(key);
            Sign(key);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(attemptsIn20Seconds, shim.Calls("C_CopyObject"));
        Assert.Empty(await SessionObjects.LabelsAsync(token, Stop));
        Assert.Equal(TokenState.Ready, token.Health.State);
    }

    [Fact]
    public async Task A_copy_that_signs_otherwise_than_its_original_is_destroyed()
    {
        using var shim = FaultShimToken.Create();
        await using var token = await OpenAsync(shim.TokenOptions);
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        Sign(key);
        // The next signature is the copy's trial.
        shim.Inject("C_Sign corrupt once");
        Sign(key);
        Assert.Equal(1, shim.Calls("C_CopyObject"));
        Assert.Empty(await SessionObjects.LabelsAsync(token, Stop));
        Assert.Equal(TokenState.Ready, token.Health.State);
    }

    [Fact]
    public async Task A_signature_allocates_nothing_with_either()
    {
        using var soft = SoftHsmToken.Create();
        await using var token = await OpenAsync(soft.TokenOptions);
        foreach (var algorithm in new[] { KeyAlgorithm.EcdsaP256, KeyAlgorithm.Rsa2048 })
        {
            var key = await token.GenerateSigningKeyAsync($"k {algorithm}", algorithm, Stop);
            var signature = new byte[key.MaxSignatureSize];
            for (var warm = 0; warm < 3; warm++)
            {
                key.SignDigest(Digest, HashAlgorithmName.SHA256, algorithm.DefaultScheme, signature, Stop);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                key.SignDigest(Digest, HashAlgorithmName.SHA256, algorithm.DefaultScheme, signature, Stop);
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static async Task<Hsm.Vault.UnwrapResult> OpenOnceAsync(Hsm.Vault.Vault vault, byte[] blob, byte[] pin)
    {
        var opened = await vault.UnwrapAsync("alice", blob, pin, Stop);
        await opened.Key!.DisposeAsync();
        return opened;
    }

    private static void Sign(ISigningKey key) =>
        key.SignDigest(Digest, HashAlgorithmName.SHA256, key.Algorithm.DefaultScheme, new byte[key.MaxSignatureSize], Stop);

    private Task<Token> OpenAsync(TokenOptions options) => Token.OpenAsync(options, _time, null, CancellationToken.None);
}
