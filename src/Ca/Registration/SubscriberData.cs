namespace EContract.Ca.Registration;

/// <summary>What the bank has verified on paper (R1).</summary>
/// <param name="Name">氏名, or the organisation's registered name.</param>
/// <param name="Kana">フリガナ in full-width katakana.</param>
/// <param name="RomanisedName">ローマ字.</param>
/// <param name="Mobile">E.164.</param>
/// <param name="CustomerNumber">The bank's own number.</param>
public sealed record SubscriberData(
    SubscriberKind Kind,
    string Name,
    string Kana,
    string RomanisedName,
    string Email,
    string Mobile,
    OrganisationData? Organisation = null,
    string CustomerNumber = ""
)
{
    /// <summary>Everything by which the data name an organisation; empty for a private person.</summary>
    public IReadOnlyList<string> NameOrganisations()
    {
        string[] names = [Kind == SubscriberKind.Organisation ? Name : "", Organisation?.Name ?? "", Organisation?.CorporateNumber ?? ""];
        return [.. names.Where(n => n.Length > 0).Distinct()];
    }

    /// <summary>True if a certificate that says the old data no longer tells the truth (R13).</summary>
    public bool ChangesCertificate(SubscriberData old) =>
        Name != old.Name
        || RomanisedName != old.RomanisedName
        || !string.Equals(Email, old.Email, StringComparison.OrdinalIgnoreCase)
        || Organisation != old.Organisation
        || Kind != old.Kind;
}
