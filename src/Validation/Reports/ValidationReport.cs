using EContract.Validation.Conclusions;

namespace EContract.Validation.Reports;

/// <summary>What a validation says: the verdict on the whole and on each signature.</summary>
public sealed record ValidationReport
{
    public required ReportSubject Subject { get; init; }

    /// <summary>The file's name or whatever the caller called it; null if nothing.</summary>
    public string? Name { get; init; }

    /// <summary>For which time the verdict holds.</summary>
    public required DateTimeOffset ValidationTime { get; init; }

    /// <summary>The name of the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The worst of all signatures and time-stamps that count, and of what was found in the document itself.</summary>
    public required Conclusion Conclusion { get; init; }

    /// <summary>In the order of signing; document time-stamps among them.</summary>
    public IReadOnlyList<SignatureReport> Signatures { get; init; } = [];

    /// <summary>What was found in the document besides its signatures.</summary>
    public IReadOnlyList<Finding> DocumentFindings { get; init; } = [];

    /// <summary>Null unless a certificate was validated.</summary>
    public CertificateReport? Certificate { get; init; }

    /// <summary>How many revisions a PDF has; 0 for anything else.</summary>
    public int Revisions { get; init; }
}
