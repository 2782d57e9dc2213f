using System.Diagnostics;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Faults;

/// <summary>
/// kill -9 while keys are made on the token and wrapped: what was acknowledged is there and signs; nothing half-made is
/// ever used, and it doesn't stand in the way. Ten kills, a hundred with <c>ECONTRACT_LONG=1</c>.
/// </summary>
public sealed class KilledProcessTests
{
    private const int KillsPerToken = 10;
    private static readonly byte[] Pin = "1234"u8.ToArray();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_is_there_and_nothing_half_made_is_used()
    {
        var kills = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 100 : 10;
        for (var done = 0; done < kills; done += KillsPerToken)
        {
            using var soft = SoftHsmToken.Create();
            await using (var token = await soft.OpenAsync(cancellationToken: Stop))
            {
                await token.GenerateMasterAsync("master", Stop);
            }

            var blobs = Directory.CreateDirectory(Path.Combine(soft.Directory, "blobs")).FullName;
            var acknowledged = new List<string>();
            for (var i = 0; i < KillsPerToken; i++)
            {
                acknowledged.AddRange(await RunAndKillAsync(soft, $"run-{i}", blobs));
            }

            await AssertAllUsableAsync(soft, blobs, acknowledged);
        }
    }

    private static async Task<List<string>> RunAndKillAsync(SoftHsmToken soft, string prefix, string blobs)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (
            var argument in new[]
            {
                Path.Combine(AppContext.BaseDirectory, "EContract.Hsm.Crasher.dll"),
                SoftHsmToken.InstalledModule,
                soft.ConfigurationFile,
                soft.TokenOptions.TokenLabel!,
                soft.PinFile,
                prefix,
                blobs,
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(Stop));
        // After some that it has told, at any moment in the next.
        var lines = new List<string>();
        for (var i = RandomNumberGenerator.GetInt32(0, 4); i > 0; i--)
        {
            lines.Add((await process.StandardOutput.ReadLineAsync(Stop))!);
        }

        await Task.Delay(RandomNumberGenerator.GetInt32(0, 20), Stop);
        process.Kill(); // SIGKILL
        while (await process.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            lines.Add(line);
        }

        await process.WaitForExitAsync(Stop);
        return lines;
    }

    private static async Task AssertAllUsableAsync(SoftHsmToken soft, string blobs, List<string> acknowledged)
    {
        await using var token = await soft.OpenAsync(cancellationToken: Stop);
        var vault = (await token.OpenVaultAsync("master", new VaultOptions { Rounds = 10 }, Stop))!;
        foreach (var words in acknowledged.Select(line => line.Split(' ')))
        {
            if (words[0] == "key")
            {
                var key = await token.FindSigningKeyAsync(words[1], Stop);
                Assert.NotNull(key);
                Assert.Equal(words[2], Convert.ToHexString(SHA256.HashData(key.SubjectPublicKeyInfo.Span)));
                await AssertSignsAsync(key);
            }
            else
            {
                var blob = await File.ReadAllBytesAsync(Path.Combine(blobs, words[1]), Stop);
                await using var key = (await vault.UnwrapAsync(words[1], blob, Pin, Stop)).Key;
                Assert.NotNull(key);
                await AssertSignsAsync(key);
            }
        }

        // Every label a killed process may have been at: either the key is whole, or it isn't there and can be made.
        for (var run = 0; run < KillsPerToken; run++)
        {
            var made = acknowledged.Count(line => line.StartsWith($"key run-{run}-", StringComparison.Ordinal));
            var next = $"run-{run}-{made}";
            var key =
                await token.FindSigningKeyAsync(next, Stop) ?? await token.GenerateSigningKeyAsync(next, KeyAlgorithm.EcdsaP256, Stop);
            await AssertSignsAsync(key);
        }

        foreach (var file in Directory.EnumerateFiles(blobs).Where(file => !file.EndsWith(".part", StringComparison.Ordinal)))
        {
            var blob = await File.ReadAllBytesAsync(file, Stop);
            await using var key = (await vault.UnwrapAsync(Path.GetFileName(file), blob, Pin, Stop)).Key;
            Assert.NotNull(key);
        }
    }

    private static async Task AssertSignsAsync(ISigningKey key)
    {
        var digest = RandomNumberGenerator.GetBytes(32);
        var signature = new byte[key.MaxSignatureSize];
        var length = await key.SignDigestAsync(digest, HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, signature, Stop);
        Assert.True(
            new PublicKeyVerifier(key.Algorithm, key.SubjectPublicKeyInfo).Verify(
                digest,
                signature.AsSpan(0, length),
                HashAlgorithmName.SHA256,
                SignatureScheme.Ecdsa
            )
        );
    }
}
