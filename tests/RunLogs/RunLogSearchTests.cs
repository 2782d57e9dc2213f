using EContract.TestKit;
using EContract.TestKit.Logs;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EContract.RunLogs.Tests;

/// <summary>The search finds a secret wherever somebody could have written it, and nothing else.</summary>
public sealed class RunLogSearchTests : IDisposable
{
    private const string Pin = "Kx7Tg2Pm";
    private const string Otp = "48291305";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("the PIN was Kx7Tg2Pm")]
    [InlineData("""{"otp":"48291305","pin":null}""")]
    [InlineData("otp=48291305;next")]
    [InlineData("Parameters: $1 = 'Kx7Tg2Pm'")]
    [InlineData("ワンタイムパスワード48291305を入力")]
    [InlineData("System.FormatException: 48291305 is no time\n   at Somewhere()")]
    [InlineData("bytes 4B7837546732506D")]
    [InlineData("3438323931333035")]
    [InlineData("pin: S3g3VGcyUG0=")]
    [InlineData("otp NDgyOTEzMDU")]
    public void A_planted_secret_is_found(string text)
    {
        using var log = new RunLog(_folder.Path, "planted");
        log.Secret(Pin);
        log.Secret(Otp);
        log.Provider.CreateLogger("EContract.Signer").LogInformation("an innocent line");
        log.Provider.CreateLogger("EContract.Signer").LogWarning("{Text}", text);
        var (lines, found) = Search();
        var leaked = Assert.Single(found);
        Assert.Equal((log.File, 2), (leaked.File, leaked.Line));
        Assert.Contains("(a secret)", leaked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Pin, leaked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Otp, leaked.Text, StringComparison.Ordinal);
        Assert.True(lines >= 2);
    }

    [Fact]
    public void A_secret_is_found_in_scopes_exceptions_and_other_processes_logs()
    {
        using (var log = new RunLog(_folder.Path, "first"))
        {
            log.Secret(Pin);
            var logger = log.Provider.CreateLogger("EContract.Signer");
            using var scope = logger.BeginScope(Pin);
            logger.LogError(new InvalidOperationException(Pin), "It broke.");
        }

        using var other = new RunLog(_folder.Path, "second");
        other.Add($"printed by a program: {Pin}");
        Assert.Equal(3, Search().Found.Count);
    }

    [Theory]
    [InlineData("correlation 4829130548291305")]
    [InlineData("48291305-aaaa-4bbb-8ccc-123456789abc")]
    [InlineData("kx7tg2pm and Kx7Tg2PmX are other words")]
    [InlineData("148291305 bytes")]
    public void What_only_looks_like_it_is_not_found(string text)
    {
        using var log = new RunLog(_folder.Path, "innocent");
        log.Secret(Pin);
        log.Secret(Otp);
        log.Add(text);
        Assert.Empty(Search().Found);
    }

    [Fact]
    public void A_new_run_forgets_the_lines_and_secrets_of_the_last()
    {
        using (var last = new RunLog(_folder.Path, "process"))
        {
            last.Add(last.Secret(Pin));
        }

        using var log = new RunLog(_folder.Path, "process");
        Assert.Empty(RunLogSearch.ReadSecrets(_folder.Path));
        Assert.Equal(0, Search().Lines);
    }

    private (int Lines, IReadOnlyList<LeakedSecret> Found) Search() =>
        RunLogSearch.Search(Directory.GetFiles(_folder.Path, "*.log"), RunLogSearch.ReadSecrets(_folder.Path));
}
