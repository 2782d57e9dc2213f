using System.Text;
using System.Text.RegularExpressions;
using EContract.Hosting.Errors;
using EContract.TestKit;
using Xunit;

namespace EContract.Hosting.Tests.Errors;

public sealed partial class FaultTableTests
{
    private static string Document => Path.Combine(RepositoryRoot.Path, "docs", "errors.md");

    [Fact]
    public void Every_fault_has_its_own_reason_code_by_the_rules_of_ErrorInfo()
    {
        var faults = Enum.GetValues<Fault>();
        Assert.All(faults, fault => Assert.Matches(ReasonCode(), fault.Reason()));
        Assert.Equal(faults.Length, faults.Select(fault => fault.Reason()).Distinct().Count());
        Assert.All(faults, fault => Assert.True(FaultTable.TryParse(fault.Reason(), out var same) && same == fault));
    }

    [Fact]
    public void Every_fault_says_what_is_the_case_and_what_to_do() =>
        Assert.All(
            Enum.GetValues<Fault>(),
            fault =>
            {
                Assert.EndsWith(".", fault.Info().Meaning, StringComparison.Ordinal);
                Assert.EndsWith(".", fault.Info().Remedy, StringComparison.Ordinal);
            }
        );

    /// <summary>To write it anew: ECONTRACT_UPDATE_DOCS=1.</summary>
    [Fact]
    public async Task The_document_is_the_table()
    {
        var text = Render();
        if (Environment.GetEnvironmentVariable("ECONTRACT_UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(Document, text, TestContext.Current.CancellationToken);
        }

        Assert.Equal(text, await File.ReadAllTextAsync(Document, TestContext.Current.CancellationToken));
    }

    private static string Render()
    {
        var text = new StringBuilder(
            """
            # Errors

            Every refusal over gRPC carries a `google.rpc.Status` (trailer `grpc-status-details-bin`) with a `google.rpc.ErrorInfo`: `reason` is
            one of the codes below, `domain` is `econtract`, `metadata.correlation_id` finds the call in the server's log and audit log.
            Where they apply, `google.rpc.BadRequest` names the wrong fields and `google.rpc.RetryInfo` tells when to come back.
            Programs should decide by reason code: it never changes its meaning. The text may.

            This file is `src/Hosting/Errors/Fault.cs` as a table; a test keeps the two equal.

            """
        );
        foreach (var group in Enum.GetValues<Fault>().GroupBy(fault => fault.Info().Group))
        {
            text.Append("\n## ").Append(group.Key).Append("\n\n| reason | status | what is the case | what to do |\n|---|---|---|---|\n");
            foreach (var fault in group)
            {
                var info = fault.Info();
                text.Append("| `").Append(info.Reason).Append("` | ").Append(ReasonCodeOf(info.Status.ToString())).Append(" | ");
                text.Append(info.Meaning).Append(" | ").Append(info.Remedy).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private static string ReasonCodeOf(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));

    [GeneratedRegex("^[A-Z][A-Z0-9_]{1,61}[A-Z0-9]$")]
    private static partial Regex ReasonCode();
}
