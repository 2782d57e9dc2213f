using EContract.Pdf;
using EContract.Pdf.Reading;

namespace EContract.Validation.Reports;

/// <summary>What is particular to a signature in a PDF.</summary>
public sealed record PdfSignatureReport
{
    /// <summary>Fully qualified name of its field.</summary>
    public required string FieldName { get; init; }

    public required string? SubFilter { get; init; }

    public required SignatureCoverage Coverage { get; init; }

    /// <summary>From 1: which revision of the document it covers; null: none.</summary>
    public required int? Revision { get; init; }

    /// <summary>What it certifies (DocMDP).</summary>
    public required CertificationLevel Certification { get; init; }

    /// <summary>The gravest change that updates made after it.</summary>
    public ModificationLevel Modification { get; init; }

    /// <summary>What updates changed after it; the gravest first, at most <see cref="MaxChanges"/>.</summary>
    public IReadOnlyList<RevisionChange> Changes { get; init; } = [];

    /// <summary>All changes, those that are not listed included.</summary>
    public int ChangeCount { get; init; }

    public string? Reason { get; init; }

    public string? Location { get; init; }

    /// <summary>An update can change more objects than anybody reads.</summary>
    public const int MaxChanges = 100;
}
