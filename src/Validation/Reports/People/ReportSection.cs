using EContract.Validation.Conclusions;

namespace EContract.Validation.Reports.People;

/// <summary>A piece of a report for people, before it is laid out: a heading, lines of label and text, and what lies below it.</summary>
/// <param name="Verdict">Colours the heading; null for none.</param>
internal sealed record ReportSection(
    string Heading,
    Indication? Verdict,
    IReadOnlyList<(string Label, string Text)> Lines,
    IReadOnlyList<ReportSection> Parts
);
