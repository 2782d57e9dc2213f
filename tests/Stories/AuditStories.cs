using System.Globalization;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>R16: the auditor at his command line, with the real program against the real server, and offline against its files.</summary>
[Collection(StoryGroup.Name)]
public sealed class AuditStories(LocalInstallation installation) : IDisposable
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int WrongCommandLine = 2;
    private const int NotReachable = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_whole_log_is_exported_and_verified_with_nothing_but_the_root()
    {
        await installation.EnrolAsync();
        var file = Path.Combine(_folder.Path, "log.econtract-audit");
        var checkpoint = await installation.CliAsync("audit", "checkpoint"); // what none covers is not proven
        Assert.True(checkpoint is (Done, _), checkpoint.Output);
        var export = await installation.CliAsync("audit", "export", file);
        Assert.True(export is (Done, _), export.Output);

        var verified = await installation.CliAsync("audit", "verify", file, "--root", installation.Root);
        Assert.True(verified is (Done, _), verified.Output);

        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.AsSpan().IndexOf("ra-maker"u8)] ^= 1; // another caller's name in a record
        var forged = await installation.CliAsync(
            "audit",
            "verify",
            _folder.Write("forged.econtract-audit", bytes),
            "--root",
            installation.Root
        );
        Assert.True(forged.ExitCode == Refused, forged.Output);
        Assert.Contains("The evidence does not hold.", forged.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", forged.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_evidence_of_one_signature_holds_also_after_the_persons_data_were_erased()
    {
        using var caller = installation.Connect("portal");
        var subscriber = await installation.EnrolAsync();
        var begun = await caller.Portal.BeginAsync(subscriber, await caller.Portal.UploadContractAsync());
        await caller.Portal.CompleteAsync(begun.ActivationId, await installation.CodeOfAsync(subscriber), subscriber.Pin);

        var file = Path.Combine(_folder.Path, "evidence.zip");
        var written = await installation.CliAsync("audit", "evidence", "activation", begun.ActivationId, file, "--with-personal-data");
        Assert.True(written is (Done, _), written.Output);
        var verified = await installation.CliAsync("audit", "verify", file, "--root", installation.Root);
        Assert.True(verified is (Done, _), verified.Output);
        Assert.Contains(begun.ActivationId, verified.Output, StringComparison.Ordinal);

        var erased = await installation.CliAsync("audit", "erase", subscriber.Id, "--reason", "紙の請求 2026-7");
        Assert.True(erased is (Done, _), erased.Output);
        Assert.Matches("erased +[1-9][0-9]* items", erased.Output);
        var again = await installation.CliAsync("audit", "erase", subscriber.Id, "--reason", "once more");
        Assert.Matches("erased +0 items", again.Output);

        var after = Path.Combine(_folder.Path, "after.zip");
        Assert.Equal(Done, (await installation.CliAsync("audit", "evidence", "activation", begun.ActivationId, after)).ExitCode);
        foreach (var kept in new[] { file, after })
        {
            var holds = await installation.CliAsync("audit", "verify", kept, "--root", installation.Root);
            Assert.True(holds is (Done, _), holds.Output);
        }

        var foreign = _folder.Write("foreign.pem", await File.ReadAllTextAsync(installation.ServerCertificate));
        var refused = await installation.CliAsync("audit", "verify", file, "--root", foreign);
        Assert.True(refused.ExitCode == Refused, refused.Output);
        Assert.Contains("does not lead to the root", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_finds_what_there_is_and_says_so_when_there_is_nothing()
    {
        var subscriber = await installation.EnrolAsync();
        var found = await installation.CliAsync("audit", "search", "--object", subscriber.CredentialId, "--json");
        Assert.True(found is (Done, _), found.Output);
        Assert.Contains(subscriber.CredentialId, found.Output, StringComparison.Ordinal);
        Assert.StartsWith("{", found.Output, StringComparison.Ordinal);

        var rows = await installation.CliAsync("audit", "search", "--limit", "1", "--json");
        Assert.Equal(1, rows.Output.Split('\n').Count(line => line.StartsWith('{')));

        var nothing = await installation.CliAsync("audit", "search", "--object", "no-such-thing");
        Assert.Equal((Done, "No records."), (nothing.ExitCode, nothing.Output.Trim()));
        var later = await installation.CliAsync("audit", "search", "--from", "2099-01-01T00:00:00+09:00");
        Assert.Equal((Done, "No records."), (later.ExitCode, later.Output.Trim()));
    }

    [Theory]
    [InlineData("audit", "search", "--limit", "0")]
    [InlineData("audit", "search", "--limit", "many")]
    [InlineData("audit", "search", "--from", "yesterday")]
    [InlineData("audit", "erase", "SUB-1")]
    [InlineData("audit", "export")]
    [InlineData("audit", "verify", "/nowhere/log", "--root", "/nowhere/root.pem")]
    [InlineData("audit", "burn")]
    public async Task A_wrong_command_line_is_told_apart(params string[] arguments)
    {
        var (code, output) = await installation.CliAsync(arguments);
        Assert.True(code == WrongCommandLine, output);
        Assert.Contains("--help", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_of_nothing_is_refused_and_leaves_no_file()
    {
        var file = Path.Combine(_folder.Path, "nothing.zip");
        var (code, output) = await installation.CliAsync("audit", "evidence", "activation", "no-such-activation", file);
        Assert.True(code == Refused, output);
        Assert.StartsWith("AUDIT_RECORD_NOT_FOUND: ", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Only_the_auditor_exports_and_a_server_that_is_away_is_told_apart()
    {
        var file = Path.Combine(_folder.Path, "log.econtract-audit");
        var portal = await installation.CliAsync("audit", "export", file, "--caller", "portal");
        Assert.True(portal.ExitCode == Refused, portal.Output);
        Assert.StartsWith("ROLE_NOT_ADMITTED: ", portal.Output, StringComparison.Ordinal);

        var away = await installation.CliAsync("audit", "export", file, "--server", "https://127.0.0.1:1");
        Assert.True(away.ExitCode == NotReachable, away.Output);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no log")]
    [InlineData("PK this is no bundle")]
    public async Task What_is_no_evidence_is_refused_in_words(string content)
    {
        var (code, output) = await installation.CliAsync("audit", "verify", _folder.Write("file", content), "--root", installation.Root);
        Assert.True(code == Refused, output);
        Assert.NotEmpty(output);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_is_made_on_demand_and_counts_all_records()
    {
        await installation.EnrolAsync();
        var (code, output) = await installation.CliAsync("audit", "checkpoint");
        Assert.True(code == Done, output);
        var records = System.Text.RegularExpressions.Regex.Match(output, "records +([0-9]+)").Groups[1].Value;
        Assert.True(int.Parse(records, CultureInfo.InvariantCulture) > 5, output);
    }

    [Fact]
    public async Task Following_prints_what_happens_until_it_is_interrupted()
    {
        using var tail = installation.StartCli("audit", "tail");
        var following = ReadUntilAsync(tail.StandardOutput, "credential");
        do
        {
            // Again, because the first may be over before the program follows.
            await installation.EnrolAsync();
        } while (!following.IsCompleted);

        Assert.True(await following);
        Subprocess.Run("kill", "-INT", tail.Id.ToString(CultureInfo.InvariantCulture));
        await tail.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Done, tail.ExitCode);
    }

    /// <returns>Whether a line held the word before the output ended.</returns>
    private static async Task<bool> ReadUntilAsync(StreamReader output, string word)
    {
        while (await output.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
