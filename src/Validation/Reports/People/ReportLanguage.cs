namespace EContract.Validation.Reports.People;

/// <summary>The languages of reports for people.</summary>
public enum ReportLanguage
{
    Japanese,
    English,
}
