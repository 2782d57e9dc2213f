namespace EContract.Validation.Reports.People;

/// <summary>The labels of a report.</summary>
internal enum ReportWord
{
    Title,
    Name,
    ValidationTime,
    Policy,
    Verdict,
    Revisions,
    Signer,
    Authority,
    TrustAnchor,
    ClaimedTime,
    StampedTime,
    ProvenTime,
    Covers,
    Permits,
    Reason,
    Why,
    Remarks,
    Unknown,
    Certificate,
    Validity,
    DocumentFindings,
}
