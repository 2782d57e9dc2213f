namespace EContract.Validation.Conclusions;

/// <summary>One thing that a check found.</summary>
/// <param name="Code">What kind of finding; the reports for people say it in their language.</param>
/// <param name="Clause">The clause that the check follows.</param>
/// <param name="Detail">The particulars, in English, never with the bytes of the document.</param>
public sealed record Finding(FindingCode Code, string Clause, string Detail)
{
    public override string ToString() => $"{Code} ({Clause}): {Detail}";
}
