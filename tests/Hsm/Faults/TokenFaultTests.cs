using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Faults;

/// <summary>
/// Each fault of a real token under load from eight callers. After it: service by itself, no wrong signature, no
/// session or object left over, every failed call transient and with a reason.
/// </summary>
public sealed class TokenFaultTests
{
    // Two seconds is the promise; on a build machine that is busy with other things it may take longer to be seen.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 2 : 10);

    [Fact]
    public async Task Lost_sessions_are_replaced()
    {
        await using var load = await LoadUnderFault.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            load.Shim.Inject($"sessions lost # {i}");
            Assert.InRange(await load.SucceedAgainAsync("sessions stay dead"), TimeSpan.Zero, Soon);
        }

        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_lost_login_is_renewed()
    {
        await using var load = await LoadUnderFault.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            load.Shim.Inject($"login lost # {i}");
            Assert.InRange(await load.SucceedAgainAsync("the login stays lost"), TimeSpan.Zero, Soon);
        }

        await load.AssertCleanAsync();
    }

    [Theory]
    [InlineData("C_Sign return 0x30", "CKR_DEVICE_ERROR")]
    [InlineData("C_SignInit return 0x5", "CKR_GENERAL_ERROR")]
    [InlineData("C_SignInit return 0x101", "CKR_USER_NOT_LOGGED_IN")]
    [InlineData("C_SignInit return 0xB3", "CKR_SESSION_HANDLE_INVALID")]
    [InlineData("C_OpenSession return 0xE0\nC_Sign return 0x32", "CKR_")]
    public async Task A_token_that_refuses_everything_is_reported_and_then_serves_again(string rules, string reason)
    {
        await using var load = await LoadUnderFault.StartAsync();
        load.Shim.Inject(rules.Split('\n'));
        await load.FailAsync(20);
        load.Shim.Inject();
        Assert.InRange(await load.SucceedAgainAsync("the token stays dead"), TimeSpan.Zero, Soon);
        Assert.Contains(load.Failures, f => f.Message.Contains(reason, StringComparison.Ordinal));
        await load.AssertCleanAsync();
    }

    [Theory]
    [InlineData("C_Sign return 0x30 every 5")]
    [InlineData("C_SignInit return 0xB3 every 7")]
    [InlineData("C_DeriveKey return 0x30 once")]
    [InlineData("C_UnwrapKey return 0x82 once")]
    [InlineData("C_DestroyObject return 0x30 every 3")]
    [InlineData("C_FindObjects return 0x5 once\nlogin lost")]
    public async Task Now_and_then_a_fault_is_healed_without_a_failure(string rules)
    {
        await using var load = await LoadUnderFault.StartAsync();
        load.Shim.Inject(rules.Split('\n'));
        await load.SucceedAgainAsync("nothing succeeds");
        load.Shim.Inject();
        await load.SucceedAgainAsync("nothing succeeds any more");
        Assert.Empty(load.Failures);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_token_taken_out_and_put_back_is_found_again()
    {
        await using var load = await LoadUnderFault.StartAsync();
        load.Shim.Inject("token removed");
        await load.FailAsync(20);
        Assert.False(load.Token.Health.State is TokenState.Ready);
        load.Shim.Inject();
        Assert.InRange(await load.SucceedAgainAsync("the token isn't found again"), TimeSpan.Zero, Soon);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_token_directory_taken_away_and_put_back_is_found_again()
    {
        await using var load = await LoadUnderFault.StartAsync();
        var away = load.Shim.TokenDirectory + ".away";
        Directory.Move(load.Shim.TokenDirectory, away);
        await load.FailAsync(20);
        Directory.Move(away, load.Shim.TokenDirectory);
        Assert.InRange(await load.SucceedAgainAsync("the token isn't found again"), TimeSpan.Zero, Soon);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_token_directory_taken_away_is_noticed_though_session_copies_would_go_on_signing()
    {
        await using var load = await LoadUnderFault.StartAsync(wrapped: false);
        Assert.Contains("load", await SessionObjects.LabelsAsync(load.Token, TestContext.Current.CancellationToken));
        var away = load.Shim.TokenDirectory + ".away";
        Directory.Move(load.Shim.TokenDirectory, away);
        await load.FailAsync(20);
        Assert.False(load.Token.Health.State is TokenState.Ready);
        Directory.Move(away, load.Shim.TokenDirectory);
        Assert.InRange(await load.SucceedAgainAsync("the token isn't found again"), TimeSpan.Zero, Soon);
        await load.AssertCleanAsync();
    }

    [Theory]
    [InlineData("C_CopyObject return 0x54")]
    [InlineData("C_CopyObject return 0x30")]
    [InlineData("C_CopyObject return 0xB3 every 2")]
    [InlineData("C_CopyObject return 0x82 once")]
    public async Task A_copy_that_cannot_be_made_fails_no_call(string rule)
    {
        await using var load = await LoadUnderFault.StartAsync();
        var before = load.Shim.Calls("C_CopyObject");
        load.Shim.Inject(rule, "login lost");
        await load.SucceedAgainAsync("without copies nothing succeeds");
        Assert.NotEqual(before, load.Shim.Calls("C_CopyObject"));
        Assert.Empty(load.Failures);
        load.Shim.Inject();
        await load.SucceedAgainAsync("nothing succeeds any more");
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_copying_that_hangs_is_written_off_and_the_rest_goes_on()
    {
        await using var load = await LoadUnderFault.StartAsync();
        load.Shim.Inject("C_CopyObject hang once", "login lost");
        await load.FailAsync(1);
        Assert.Equal("C_CopyObject", Assert.IsType<HsmException>(Assert.Single(load.Failures)).Function);
        await load.SucceedAgainAsync("a hanging copy stops the others");
        load.Shim.Inject();
        Assert.InRange(await load.SucceedAgainAsync("after the hang nothing succeeds"), TimeSpan.Zero, Soon);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_module_that_lost_its_initialisation_is_initialised_again()
    {
        await using var load = await LoadUnderFault.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            load.Shim.Inject($"module lost # {i}");
            Assert.InRange(await load.SucceedAgainAsync("the module stays lost"), TimeSpan.Zero, Soon);
        }

        Assert.Empty(load.Failures);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task One_hanging_call_is_answered_at_its_deadline_while_others_go_on()
    {
        await using var load = await LoadUnderFault.StartAsync(
            options => options.CallTimeout = TimeSpan.FromSeconds(10),
            deadline: TimeSpan.FromMilliseconds(500)
        );
        load.Shim.Inject("C_Sign hang once");
        await load.FailAsync(1);
        await load.SucceedAgainAsync("one hanging call stops the others");
        Assert.InRange(load.LongestCall, TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(3));
        load.Shim.Inject();
        await load.SucceedAgainAsync("after the hang nothing succeeds");
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task Calls_that_hang_without_a_deadline_are_written_off_and_the_rest_goes_on()
    {
        await using var load = await LoadUnderFault.StartAsync();
        load.Shim.Inject("C_Sign hang times 6");
        await load.FailAsync(6);
        Assert.All(load.Failures, f => Assert.Equal(HsmFault.Hanging, Assert.IsType<HsmException>(f).Fault));
        Assert.Equal(6, load.Token.Core.Admission.Lost);
        await load.SucceedAgainAsync("written-off sessions stop the others");
        load.Shim.Inject();
        Assert.InRange(await load.SucceedAgainAsync("after the hang nothing succeeds"), TimeSpan.Zero, Soon);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_token_that_hangs_altogether_for_five_seconds_serves_again()
    {
        await using var load = await LoadUnderFault.StartAsync(deadline: TimeSpan.FromSeconds(1));
        load.Shim.Inject("* hang");
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.NotEmpty(load.Failures);
        Assert.InRange(load.LongestCall, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        load.Shim.Inject();
        Assert.InRange(await load.SucceedAgainAsync("after the hang nothing succeeds"), TimeSpan.Zero, Soon);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_throttling_token_is_used_as_fast_as_it_goes()
    {
        await using var load = await LoadUnderFault.StartAsync();
        load.Shim.Inject("C_Sign delay 50");
        await load.SucceedAgainAsync("a slow token stops everything");
        Assert.Empty(load.Failures);
        load.Shim.Inject();
        await load.SucceedAgainAsync("a slow token stays slow");
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_faulty_signature_is_never_released()
    {
        await using var load = await LoadUnderFault.StartAsync();
        load.Shim.Inject("C_Sign corrupt every 3");
        await load.SucceedAgainAsync("no good signature gets through");
        load.Shim.Inject("C_Sign corrupt");
        await load.FailAsync(20);
        Assert.Contains(load.Failures, f => f is HsmException { Fault: HsmFault.FaultySignature });
        Assert.Equal(TokenState.Degraded, load.Token.Health.State);
        Assert.Contains("doesn't verify", load.Token.Health.Reason, StringComparison.Ordinal);
        load.Shim.Inject();
        Assert.InRange(await load.SucceedAgainAsync("good signatures aren't released"), TimeSpan.Zero, Soon);
        await load.AssertCleanAsync();
    }

    [Theory]
    [InlineData(SignatureCheck.Always, true)]
    [InlineData(SignatureCheck.RsaOnly, false)]
    [InlineData(SignatureCheck.Never, false)]
    public async Task A_faulty_signature_of_a_wrapped_key_is_left_to_the_caller_only_where_he_says_so(SignatureCheck check, bool isRefused)
    {
        using var shim = FaultShimToken.Create();
        await using var token = await shim.OpenAsync(cancellationToken: CancellationToken.None);
        await token.GenerateMasterAsync("master", CancellationToken.None);
        var options = new Hsm.Vault.VaultOptions { Rounds = 1, SignatureCheck = check };
        var vault = (await token.OpenVaultAsync("master", options, CancellationToken.None))!;
        var pin = "1234"u8.ToArray();
        var blob = await vault.CreateAsync("a", KeyAlgorithm.EcdsaP256, pin, (_, b, _) => Task.FromResult(b), CancellationToken.None);
        var digests = new[] { new Hsm.Vault.DigestToSign(new byte[32], HashAlgorithmName.SHA256, SignatureScheme.Ecdsa) };
        await using var opened = (await vault.UnwrapAsync("a", blob, pin, CancellationToken.None)).Key!;
        Func<Task>[] ways =
        [
            () => vault.SignAsync("a", blob, pin, digests, CancellationToken.None),
            () => Task.Run(() => vault.Sign("a", blob, pin, digests)),
            () => opened.SignDigestAsync(new byte[32], HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, new byte[100]).AsTask(),
        ];
        shim.Inject("C_Sign corrupt");
        foreach (var way in ways)
        {
            var refusal = await Record.ExceptionAsync(way);
            Assert.Equal(isRefused ? HsmFault.FaultySignature : null, (refusal as HsmException)?.Fault);
        }
    }

    [Fact]
    public async Task Recycling_fails_no_call()
    {
        await using var load = await LoadUnderFault.StartAsync(options => options.RecycleAfter = 40);
        var before = load.Shim.Calls("C_Initialize");
        for (var i = 0; load.Shim.Calls("C_Initialize") < before + 3; i++)
        {
            Assert.True(i < 200, "it doesn't recycle");
            await load.SucceedAgainAsync("recycling stops everything");
        }

        Assert.Empty(load.Failures);
        await load.AssertCleanAsync();
    }

    [Fact]
    public async Task A_refused_pin_is_not_presented_again_until_it_is_changed()
    {
        using var shim = FaultShimToken.Create();
        var pinFile = shim.TokenOptions.PinFile!;
        await using var token = await shim.OpenAsync();
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, CancellationToken.None);
        await File.WriteAllTextAsync(pinFile, "99999999\n", CancellationToken.None);
        shim.Inject("module lost");
        var digest = new byte[32];
        var signature = new byte[key.MaxSignatureSize];
        var fault = Assert.Throws<HsmException>(() => key.SignDigest(digest, HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, signature));
        Assert.Equal(HsmFault.PinRefused, fault.Fault);
        Assert.DoesNotContain("99999999", fault.ToString(), StringComparison.Ordinal);
        var attempts = shim.Calls("C_Login");
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        Assert.Equal(attempts, shim.Calls("C_Login"));
        await File.WriteAllTextAsync(pinFile, SoftHsmToken.UserPin + "\n", CancellationToken.None);
        while (!token.Health.IsServing)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.NotEqual(0, key.SignDigest(digest, HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, signature));
    }
}
