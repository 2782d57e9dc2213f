using System.Text.RegularExpressions;
using EContract.TestKit;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;
using EContract.Validation.Reports;
using Xunit;

namespace EContract.Validation.Tests.Corpus;

/// <summary>
/// Every signed PDF of shared/corpus: our verdict is the one in verdicts.tsv, and where it tells something else than the manifest's observer saw, the
/// table says why. No anchor is configured: whose signature is sound in itself ends in NO_CERTIFICATE_CHAIN_FOUND.
/// </summary>
public sealed partial class SignedCorpusTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Shared, "corpus");
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, (string Verdict, string Why)> Table = File.ReadLines(
            Path.Combine(AppContext.BaseDirectory, "Corpus", "verdicts.tsv")
        )
        .Skip(1)
        .Select(line => line.Split('\t'))
        .ToDictionary(columns => columns[0], columns => (columns[1], columns[2]));

    public static TheoryData<string, string> Observed()
    {
        var data = new TheoryData<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(Folder, "manifest.tsv")).Skip(1).Select(l => l.Split('\t')))
        {
            if (line[0].StartsWith("signed/", StringComparison.Ordinal))
            {
                data.Add(line[0]["signed/".Length..], line[4]);
            }
        }

        return data;
    }

    [Fact]
    public void The_table_has_a_line_for_every_file_and_no_other() =>
        Assert.Equal(Observed().Select(row => row.Data.Item1).Order(StringComparer.Ordinal), Table.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Observed))]
    public async Task The_verdict_is_the_tables_and_the_table_explains_every_difference(string name, string observed)
    {
        await using var stream = File.OpenRead(Path.Combine(Folder, "signed", name));
        var report = await new SignatureValidator(ValidationPolicy.Default, TimeProvider.System).ValidatePdfAsync(
            stream,
            new ValidationRequest { At = Time },
            TestContext.Current.CancellationToken
        );
        var facts =
            $"ours:   {Ours(report)}\ntheirs: {Theirs(observed)}\n{name}\t{Describe(report)}\n{string.Join('\n', report.Signatures.SelectMany(s => s.TimeStamps.Prepend(s)).SelectMany(s => s.Conclusion.Findings))}";
        Assert.True(Table.TryGetValue(name, out var row), facts);
        Assert.True(row.Verdict == Describe(report), facts);
        Assert.True((Ours(report) == Theirs(observed)) == (row.Why.Length == 0), facts);
    }

    private static string Describe(ValidationReport report) =>
        report.Signatures.Count == 0
            ? Tell(report.Conclusion)
            : string.Join(
                "; ",
                report.Signatures.Select(s => $"{(s.IsTimeStamp ? 'D' : 'S')} {Tell(s.Conclusion)}{(IsChanged(s) ? ", changed" : "")}")
            );

    private static string Tell(Conclusion conclusion) =>
        conclusion.Findings is [var first, ..] ? $"{conclusion} ({first.Code})" : conclusion.ToString();

    /// <summary>What the observer also tells: intact, valid, and changed beyond what is allowed.</summary>
    private static string Ours(ValidationReport report) =>
        report.Signatures.Count == 0
            ? "nothing to judge"
            : string.Join("; ", report.Signatures.Select(s => $"{(s.IsTimeStamp ? 'D' : 'S')} {Facts(s)}"));

    private static string Facts(SignatureReport report)
    {
        var sound = report.Conclusion.SubIndication is not (SubIndication.FormatFailure or SubIndication.HashFailure);
        var valid =
            sound && report.Conclusion.SubIndication is not (SubIndication.SigCryptoFailure or SubIndication.CryptoConstraintsFailure);
        return $"{(sound ? "intact" : "broken")}, {(valid ? "valid" : "invalid")}, {(IsChanged(report) ? "changed" : "unchanged")}";
    }

    private static bool IsChanged(SignatureReport report) =>
        report.Pdf!.Coverage == Pdf.Reading.SignatureCoverage.Unsound
        || report.Conclusion.Findings.Any(f =>
            f.Code is FindingCode.ChangeNotAllowed or FindingCode.LockedFieldChanged or FindingCode.PartOfRevisionCovered
        );

    private static string Theirs(string observed)
    {
        var verdicts = Verdict()
            .Matches(observed)
            .Select(m =>
            {
                var changed =
                    m.Groups[4].Value is not ("ENTIRE_FILE" or "ENTIRE_REVISION")
                    || m.Groups[5].Value is not ("NONE" or "LTA_UPDATES" or "FORM_FILLING");
                return $"{m.Groups[1].Value} {(m.Groups[2].Value == "intact" ? "intact" : "broken")}, "
                    + $"{(m.Groups[3].Value == "valid" ? "valid" : "invalid")}, {(changed ? "changed" : "unchanged")}";
            })
            .ToList();
        return verdicts.Count == 0 ? "nothing to judge" : string.Join("; ", verdicts);
    }

    [GeneratedRegex(@"([SD])\[([^,\]]*),([^,\]]*),([^,\]]*),([^,\]]*)")]
    private static partial Regex Verdict();
}
