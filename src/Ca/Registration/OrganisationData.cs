namespace EContract.Ca.Registration;

/// <summary>The organisation that an employee signs for, or that a seal belongs to.</summary>
/// <param name="Name">Registered name, e.g. 株式会社見本.</param>
/// <param name="CorporateNumber">法人番号: 13 digits with a check digit.</param>
/// <param name="Role">役職.</param>
public sealed record OrganisationData(
    string Name,
    string RomanisedName = "",
    string CorporateNumber = "",
    string Department = "",
    string Role = ""
);
