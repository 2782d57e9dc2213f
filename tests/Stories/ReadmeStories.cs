using System.Diagnostics;
using System.Text.RegularExpressions;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>What the README tells people to type is typed here; only ports and folders are those of this installation.</summary>
[Collection(StoryGroup.Name)]
public sealed partial class ReadmeStories(LocalInstallation installation) : IDisposable
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Csharp()
    {
        var source = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Stories", $"{nameof(PortalExample)}.cs"));
        var example = source[
            (source.IndexOf("// begin", StringComparison.Ordinal) + 8)..source.IndexOf("// end", StringComparison.Ordinal)
        ];
        Assert.Equal(Words(example), Words(Snippet("csharp")));

        var subscriber = await installation.EnrolAsync();
        var signed = Path.Combine(_folder.Path, "signed.pdf");
        await PortalExample.RunAsync(
            $"https://127.0.0.1:{installation.Port}",
            installation.Home,
            LocalInstallation.Contract,
            signed,
            subscriber.CredentialId,
            () => installation.CodeOfAsync(subscriber),
            () => Task.FromResult(subscriber.Pin)
        );
        Assert.Equal(1, await installation.TrustedSignaturesAsync(await File.ReadAllBytesAsync(signed)));
    }

    [Fact]
    public async Task Python()
    {
        var stubs = await RunAsync("bash", "-c", Here(Stubs().Match(Readme).Groups[1].Value));
        Assert.Equal("", stubs);
        var size = await RunAsync("/usr/bin/python3", _folder.Write("example.py", Here(Snippet("python"))));
        Assert.True(int.Parse(size, System.Globalization.CultureInfo.InvariantCulture) > 300, size);
    }

    [Fact]
    public async Task Node()
    {
        await NodePackages.InstallAsync();
        var size = await RunAsync("node", _folder.Write("example.js", Here(Snippet("js"))));
        Assert.True(int.Parse(size, System.Globalization.CultureInfo.InvariantCulture) > 300, size);
    }

    [Fact]
    public async Task Curl_and_openssl()
    {
        using var caller = installation.Connect("portal");
        var subscriber = await installation.EnrolAsync();
        var credential = await caller.Portal.Enrollment.GetAsync(subscriber.CredentialId);
        _folder.Write("subscriber.cer", credential.Certificate.Span);
        File.Copy(LocalInstallation.Contract, Path.Combine(_folder.Path, "contract.pdf"));
        var said = await RunAsync("bash", "-e", "-c", Here(Snippet("sh")));
        Assert.Contains("Verification: OK", said, StringComparison.Ordinal);
        Assert.Contains("subscriber.cer: good", said, StringComparison.Ordinal);
    }

    /// <summary>Both outputs; the exit code must be 0.</summary>
    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = NodePackages.Path;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    private string Here(string text) =>
        text.Replace(".econtract/", $"{installation.Home}/", StringComparison.Ordinal)
            // Debian's, which has the packages; another may come first on the path.
            .Replace("python3 -m", "/usr/bin/python3 -m", StringComparison.Ordinal)
            .Replace("src/Proto", Path.Combine(RepositoryRoot.Path, "src", "Proto"), StringComparison.Ordinal)
            .Replace(":7443", $":{installation.Port}", StringComparison.Ordinal)
            .Replace(":7080", $":{installation.HttpPort}", StringComparison.Ordinal);

    /// <summary>The first block of a language below "Call it".</summary>
    private static string Snippet(string language)
    {
        var from = Readme.IndexOf($"```{language}\n", Readme.IndexOf("## Call it", StringComparison.Ordinal), StringComparison.Ordinal);
        var begin = Readme.IndexOf('\n', from) + 1;
        return Readme[begin..Readme.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private static string Words(string text) => Space().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("`(python3 -m grpc_tools[^`]*)`")]
    private static partial Regex Stubs();
}
