using System.Globalization;
using System.Text.Json;
using EContract.Ca.Store;

namespace EContract.Ca.Registration;

/// <summary>Between rows and what they mean.</summary>
internal static class Rows
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // jsonb stores members in its own order, so the kind of an operation may not come first.
        AllowOutOfOrderMetadataProperties = true,
    };

    public static Subscriber ToSubscriber(this SubscriberRow row) =>
        new(
            SubscriberId.Stored(row.Id),
            row.ToData(),
            (SubscriberState)row.State,
            row.CreatedAt,
            row.UpdatedAt,
            row.Version.ToString(CultureInfo.InvariantCulture)
        );

    public static SubscriberData ToData(this SubscriberRow row) =>
        new(
            (SubscriberKind)row.Kind,
            row.Name,
            row.Kana,
            row.RomanisedName,
            row.Email,
            row.Mobile,
            row.OrganisationName is { } name
                ? new(name, row.OrganisationRomanised ?? "", row.CorporateNumber ?? "", row.Department ?? "", row.OrganisationRole ?? "")
                : null,
            row.CustomerNumber ?? ""
        );

    public static void Apply(this SubscriberRow row, SubscriberData data, DateTimeOffset now)
    {
        row.Kind = (int)data.Kind;
        row.Name = data.Name;
        row.Kana = data.Kana;
        row.RomanisedName = data.RomanisedName;
        row.Email = data.Email;
        row.Mobile = data.Mobile;
        row.OrganisationName = data.Organisation?.Name;
        row.OrganisationRomanised = data.Organisation?.RomanisedName;
        row.CorporateNumber = data.Organisation?.CorporateNumber;
        row.Department = data.Organisation?.Department;
        row.OrganisationRole = data.Organisation?.Role;
        row.CustomerNumber = data.CustomerNumber.Length > 0 ? data.CustomerNumber : null;
        row.NameKey = SearchKey.Of(data.Name);
        row.KanaKey = SearchKey.Of(data.Kana);
        row.EmailKey = SearchKey.Of(data.Email);
        row.UpdatedAt = now;
        row.Version++;
    }

    public static Change ToChange(this ChangeRow row) =>
        new(
            ChangeId.Stored(row.Id),
            JsonSerializer.Deserialize<ChangeOperation>(row.Payload, Json)!,
            (ChangeState)row.State,
            row.Reason,
            row.PaperReference,
            row.Maker,
            row.Approver,
            row.SubmittedAt,
            row.DecidedAt,
            row.DecisionNote,
            row.SubscriberId,
            row.ApplicationId,
            row.SerialNumber,
            row.FeedPosition
        );

    public static Application ToApplication(this ApplicationRow row, DateTimeOffset now)
    {
        var state = (ApplicationState)row.State;
        return new(
            ApplicationId.Stored(row.Id),
            SubscriberId.Stored(row.SubscriberId),
            row.Profile,
            state == ApplicationState.Approved && now >= row.ExpiresAt ? ApplicationState.Expired : state,
            JsonSerializer.Deserialize<SubscriberData>(row.Subject, Json)!,
            row.ReplacesSerialNumber,
            row.SerialNumber,
            row.ApprovedAt,
            row.ExpiresAt
        );
    }
}
