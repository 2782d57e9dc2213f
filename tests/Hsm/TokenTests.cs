using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests;

public sealed class TokenTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_absent_token_is_refused_with_what_there_is()
    {
        using var soft = SoftHsmToken.Create("the one");
        var fault = await Assert.ThrowsAsync<HsmException>(() => soft.OpenAsync(o => o.TokenLabel = "another", Stop));
        Assert.Equal(HsmFault.Unavailable, fault.Fault);
        Assert.Contains("another", fault.Message, StringComparison.Ordinal);
        Assert.Contains("the one", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_that_is_none_is_refused()
    {
        using var soft = SoftHsmToken.Create();
        await Assert.ThrowsAsync<HsmException>(() => soft.OpenAsync(o => o.ModulePath = "/nowhere/lib.so", Stop));
        await Assert.ThrowsAsync<HsmException>(() => soft.OpenAsync(o => o.ModulePath = soft.PinFile, Stop));
    }

    [Fact]
    public async Task A_wrong_pin_is_refused_and_appears_nowhere()
    {
        using var soft = SoftHsmToken.Create();
        await File.WriteAllTextAsync(soft.PinFile, "wrong-pin-4711\n", Stop);
        var fault = await Assert.ThrowsAsync<HsmException>(() => soft.OpenAsync(cancellationToken: Stop));
        Assert.Equal(HsmFault.PinRefused, fault.Fault);
        Assert.DoesNotContain("4711", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pin_may_come_from_the_environment()
    {
        using var soft = SoftHsmToken.Create();
        Environment.SetEnvironmentVariable("ECONTRACT_TEST_TOKEN_PIN", SoftHsmToken.UserPin);
        await using var token = await soft.OpenAsync(
            options =>
            {
                options.PinFile = null;
                options.PinEnvironment = "ECONTRACT_TEST_TOKEN_PIN";
            },
            Stop
        );
        Assert.True(token.Health.IsServing);
    }

    [Fact]
    public void Options_that_contradict_themselves_are_refused()
    {
        var good = new TokenOptions
        {
            ModulePath = "m",
            TokenLabel = "l",
            PinFile = "p",
        };
        good.Validate();
        Assert.Throws<ValidationException>(() => new TokenOptions { TokenLabel = "l", PinFile = "p" }.Validate());
        Assert.Throws<ValidationException>(() => new TokenOptions { ModulePath = "m", PinFile = "p" }.Validate());
        Assert.Throws<ValidationException>(() => new TokenOptions { ModulePath = "m", TokenLabel = "l" }.Validate());
        good.PinEnvironment = "both";
        Assert.Throws<ValidationException>(good.Validate);
        good.PinEnvironment = null;
        good.Sessions = 0;
        Assert.Throws<ValidationException>(good.Validate);
    }

    [Fact]
    public async Task Two_tokens_of_one_module_are_two()
    {
        using var soft = SoftHsmToken.Create("first");
        var second = soft.TokenOptions;
        second.TokenLabel = "second";
        await TokenInitializer.InitializeAsync(second, "87654321"u8.ToArray(), Stop);
        await using var one = await soft.OpenAsync(cancellationToken: Stop);
        await using var two = await Token.OpenAsync(second, TimeProvider.System, TestRunLog.Logger<Token>(), Stop);
        await one.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        Assert.Null(await two.FindSigningKeyAsync("k", Stop));
        one.Core.Module.Recovery.Request("test", one.Core.Module.Epoch, isPlanned: true);
        Assert.NotNull(await two.RandomAsync(1, Stop));
        Assert.NotNull(await one.FindSigningKeyAsync("k", Stop));
    }

    [Fact]
    public async Task A_blob_of_another_token_is_refused()
    {
        using var here = SoftHsmToken.Create();
        using var there = SoftHsmToken.Create();
        await using var one = await here.OpenAsync(cancellationToken: Stop);
        await using var two = await there.OpenAsync(cancellationToken: Stop);
        await one.GenerateMasterAsync("master", Stop);
        await two.GenerateMasterAsync("master", Stop);
        var options = new VaultOptions { Rounds = 10 };
        var vault = (await one.OpenVaultAsync("master", options, Stop))!;
        var other = (await two.OpenVaultAsync("master", options, Stop))!;
        var pin = "1234"u8.ToArray();
        var blob = await vault.CreateAsync("alice", KeyAlgorithm.EcdsaP256, pin, (_, b, _) => Task.FromResult(b), Stop);
        await Contract.TokenContract.AssertFaultAsync(HsmFault.BlobOfOtherToken, () => other.UnwrapAsync("alice", blob, pin, Stop));
    }

    [Fact]
    public async Task An_opened_key_survives_recycling_and_a_forgotten_one_is_cleared_up()
    {
        using var soft = SoftHsmToken.Create();
        await using var token = await soft.OpenAsync(cancellationToken: Stop);
        await token.GenerateMasterAsync("master", Stop);
        var vault = (await token.OpenVaultAsync("master", new VaultOptions { Rounds = 10 }, Stop))!;
        var pin = "1234"u8.ToArray();
        var blob = await vault.CreateAsync("seal", KeyAlgorithm.EcdsaP256, pin, (_, b, _) => Task.FromResult(b), Stop);
        var digest = new byte[32];
        await using (var key = (await vault.UnwrapAsync("seal", blob, pin, Stop)).Key!)
        {
            for (var i = 0; i < 3; i++)
            {
                token.Core.Module.Recovery.Request("test", token.Core.Module.Epoch, isPlanned: true);
                var signature = new byte[key.MaxSignatureSize];
                await key.SignDigestAsync(digest, HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, signature, Stop);
            }
        }

        await ForgetAsync(vault, blob, pin);
        for (var i = 0; i < 100 && token.Core.OpenKeys > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10, Stop);
        }

        Assert.Equal(0, token.Core.OpenKeys);
    }

    [Fact]
    public async Task Operations_and_faults_are_measured()
    {
        using var shim = FaultShimToken.Create();
        await using var token = await shim.OpenAsync(cancellationToken: Stop);
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "EContract.Hsm")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((i, _, tags, _) => Note(i.Name, tags));
        listener.SetMeasurementEventCallback<long>((i, _, tags, _) => Note(i.Name, tags));
        listener.SetMeasurementEventCallback<int>((i, _, tags, _) => Note(i.Name, tags));
        listener.Start();
        shim.Inject("C_Sign return 0x30 once");
        await key.SignDigestAsync(new byte[32], HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, new byte[100], Stop);
        listener.RecordObservableInstruments();
        Assert.Contains("econtract.hsm.operation.duration operation=sign", seen.Keys);
        Assert.Contains("econtract.hsm.faults ckr=CKR_DEVICE_ERROR (0x30)", seen.Keys);
        Assert.Contains("econtract.hsm.sessions.open token=econtract-test", seen.Keys);
        Assert.Contains("econtract.hsm.state token=econtract-test", seen.Keys);

        void Note(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (tag, value) in tags)
            {
                seen[$"{name} {tag}={value}"] = 1;
            }
        }
    }

    private static async Task ForgetAsync(Hsm.Vault.Vault vault, byte[] blob, byte[] pin) =>
        Assert.NotNull((await vault.UnwrapAsync("seal", blob, pin, Stop)).Key);
}
