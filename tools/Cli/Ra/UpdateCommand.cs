using System.CommandLine;
using EContract.Proto.Ra.V1;

namespace EContract.Cli.Ra;

/// <summary><c>econtract ra update</c>: changes what is given and leaves the rest; refused if somebody else changed it meanwhile.</summary>
internal static class UpdateCommand
{
    public static Command Create()
    {
        var subscriber = new Argument<string>("subscriber-id");
        (Option<string?> Option, Action<SubscriberData, string> Set)[] fields =
        [
            (Field("--name", "氏名, or the organisation's registered name"), (data, value) => data.Name = value),
            (Field("--kana", "フリガナ, full-width katakana"), (data, value) => data.Kana = value),
            (Field("--romanised", "ローマ字, ASCII"), (data, value) => data.RomanisedName = value),
            (Field("--email", "Where one-time passwords go"), (data, value) => data.Email = value),
            (Field("--mobile", "E.164, e.g. +819012345678"), (data, value) => data.Mobile = value),
            (Field("--customer-number", "The bank's number for the customer"), (data, value) => data.CustomerNumber = value),
            (Field("--organisation", "Registered name of the organisation"), (data, value) => OrganisationOf(data).Name = value),
            (
                Field("--organisation-romanised", "The organisation's name in ASCII"),
                (data, value) => OrganisationOf(data).RomanisedName = value
            ),
            (Field("--corporate-number", "法人番号, 13 digits"), (data, value) => OrganisationOf(data).CorporateNumber = value),
            (Field("--department", "部署"), (data, value) => OrganisationOf(data).Department = value),
            (Field("--role", "役職"), (data, value) => OrganisationOf(data).Role = value),
        ];
        return RaCommands.Change(
            "update",
            "Change a subscriber's data; a new name or e-mail means re-issue: certificates are revoked and applied for anew (R13)",
            [subscriber, .. fields.Select(field => field.Option)],
            async (parsed, connection, cancellationToken) =>
            {
                var id = parsed.GetValue(subscriber)!;
                var request = new GetSubscriberRequest { SubscriberId = id };
                var current = (await connection.Registration.GetSubscriberAsync(request, cancellationToken: cancellationToken)).Subscriber;
                foreach (var (option, set) in fields)
                {
                    if (parsed.GetValue(option) is { } value)
                    {
                        set(current.Data, value);
                    }
                }

                return new ChangeOperation
                {
                    Update = new UpdateSubscriber
                    {
                        SubscriberId = id,
                        Data = current.Data,
                        Etag = current.Etag,
                    },
                };
            }
        );
    }

    private static Option<string?> Field(string name, string description) => new(name) { Description = description };

    private static Organisation OrganisationOf(SubscriberData data) => data.Organisation ??= new Organisation();
}
