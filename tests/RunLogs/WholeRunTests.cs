using EContract.TestKit;
using EContract.TestKit.Logs;
using Xunit;

namespace EContract.RunLogs.Tests;

/// <summary>The last of <c>./test</c>: looks through everything that the tests before it logged and printed.</summary>
public sealed class WholeRunTests
{
    private static readonly string Run = Path.Combine(RepositoryRoot.Path, ".econtract", "test");

    [Fact]
    public void No_PIN_and_no_one_time_password_is_in_any_log_of_the_run()
    {
        Assert.SkipUnless(Directory.Exists(TestRunLog.Folder), "no test has logged anything yet");
        var secrets = RunLogSearch.ReadSecrets(TestRunLog.Folder);
        // What the code under test logged; what the test processes printed, which holds the logs of servers within them; the tests' database.
        var files = Directory
            .GetFiles(TestRunLog.Folder, "*" + RunLog.LogSuffix)
            .Concat(Directory.GetFiles(Path.Combine(Run, "results"), "*.log"))
            .Concat(Directory.GetFiles(Path.Combine(Run, "postgres"), "*.log"))
            .ToList();
        var (lines, found) = RunLogSearch.Search(files, secrets);
        Assert.Empty(found);
        TestContext.Current.SendDiagnosticMessage("{0} secrets looked for in {1} lines of {2} files", secrets.Count, lines, files.Count);
        if (Environment.GetEnvironmentVariable("ECONTRACT_TEST_WHOLE") == "1")
        {
            // A search that finds nothing because nothing is there would be no proof.
            Assert.All(
                ["Hosting", "Signer", "Stories", "Tsa"],
                project =>
                    Assert.Contains(
                        files,
                        file => Path.GetFileName(file) == $"EContract.{project}.Tests.log" && new FileInfo(file).Length > 0
                    )
            );
            Assert.True(secrets.Count > 50, $"only {secrets.Count} secrets were used");
        }
    }
}
