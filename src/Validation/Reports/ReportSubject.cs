namespace EContract.Validation.Reports;

/// <summary>What was validated.</summary>
public enum ReportSubject
{
    Pdf,
    Cms,
    TimeStampToken,
    Certificate,
}
