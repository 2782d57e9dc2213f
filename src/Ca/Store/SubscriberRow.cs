namespace EContract.Ca.Store;

/// <summary>A subscriber (利用者). Deleting keeps the row: what was signed must stay explainable.</summary>
public sealed class SubscriberRow
{
    public required string Id { get; init; }

    public int Kind { get; set; }

    public required string Name { get; set; }

    public string Kana { get; set; } = "";

    public string RomanisedName { get; set; } = "";

    public required string Email { get; set; }

    public string Mobile { get; set; } = "";

    public string? OrganisationName { get; set; }

    public string? OrganisationRomanised { get; set; }

    public string? CorporateNumber { get; set; }

    public string? Department { get; set; }

    public string? OrganisationRole { get; set; }

    public string? CustomerNumber { get; set; }

    /// <summary>one width, lower case, no white space: what a search compares with.</summary>
    public required string NameKey { get; set; }

    public string KanaKey { get; set; } = "";

    public required string EmailKey { get; set; }

    public int State { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Counts updates; concurrency token and etag.</summary>
    public int Version { get; set; }
}
