using System.CommandLine;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Ra.V1;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace EContract.Cli.Ra;

/// <summary><c>econtract ra</c>: the bank as registration authority.</summary>
internal static class RaCommands
{
    private static readonly Option<string> Reason = new("--reason") { Description = "Why", Required = true };
    private static readonly Option<string> Paper = new("--paper")
    {
        Description = "Where the paper request lies, e.g. 受付番号 2026-000123",
        Required = true,
    };
    private static readonly Option<string?> Operator = new("--operator")
    {
        Description = "The person, where one certificate serves several",
    };
    private static readonly Option<string?> Note = new("--note") { Description = "A remark for the record" };
    private static readonly Option<int> Limit = new("--limit") { Description = "Most rows to print", DefaultValueFactory = _ => 50 };

    public static Command Create() =>
        new("ra", "Registration authority: changes by a maker, approved by another person")
        {
            Register(),
            UpdateCommand.Create(),
            Apply(),
            Change("revoke", "Revoke a certificate", RevokeArguments()),
            Change(
                "hold",
                "Suspend a certificate (certificateHold)",
                Serial(s => new ChangeOperation { Hold = new HoldCertificate { SerialNumber = s } })
            ),
            Change(
                "reinstate",
                "End a certificate's suspension",
                Serial(s => new ChangeOperation { Reinstate = new ReinstateCertificate { SerialNumber = s } })
            ),
            Unlock(),
            Delete(),
            Decide("approve", "Approve a waiting change"),
            Decide("reject", "Reject a waiting change"),
            Changes(),
            Subscribers(),
            Applications(),
            CertificateCommands.List(),
            CertificateCommands.IssueCrl(),
        };

    private static Command Register()
    {
        var kind = new Option<string>("--kind")
        {
            Description = "individual, employee or organisation",
            DefaultValueFactory = _ => "individual",
        };
        kind.AcceptOnlyFromAmong("individual", "employee", "organisation");
        var name = new Option<string>("--name") { Description = "氏名, or the organisation's registered name", Required = true };
        var kana = new Option<string>("--kana") { Description = "フリガナ, full-width katakana", Required = true };
        var romanised = new Option<string>("--romanised") { Description = "ローマ字, ASCII", Required = true };
        var email = new Option<string>("--email") { Description = "Where one-time passwords go", Required = true };
        var mobile = new Option<string>("--mobile") { Description = "E.164, e.g. +819012345678", DefaultValueFactory = _ => "" };
        var customer = new Option<string>("--customer-number")
        {
            Description = "The bank's number for the customer",
            DefaultValueFactory = _ => "",
        };
        var organisation = new Option<string?>("--organisation") { Description = "Registered name of the organisation" };
        var organisationRomanised = new Option<string>("--organisation-romanised") { DefaultValueFactory = _ => "" };
        var corporateNumber = new Option<string>("--corporate-number")
        {
            Description = "法人番号, 13 digits",
            DefaultValueFactory = _ => "",
        };
        var department = new Option<string>("--department") { DefaultValueFactory = _ => "" };
        var role = new Option<string>("--role") { Description = "役職", DefaultValueFactory = _ => "" };
        var profile = new Option<string>("--profile")
        {
            Description = "Also apply for a certificate under this profile",
            DefaultValueFactory = _ => "",
        };
        return Change(
            "register",
            "Register a subscriber, and apply for a certificate with --profile",
            (
                [
                    kind,
                    name,
                    kana,
                    romanised,
                    email,
                    mobile,
                    customer,
                    organisation,
                    organisationRomanised,
                    corporateNumber,
                    department,
                    role,
                    profile,
                ],
                parsed =>
                {
                    var data = new SubscriberData
                    {
                        Kind = parsed.GetValue(kind) switch
                        {
                            "employee" => SubscriberKind.Employee,
                            "organisation" => SubscriberKind.Organisation,
                            _ => SubscriberKind.Individual,
                        },
                        Name = parsed.GetValue(name)!,
                        Kana = parsed.GetValue(kana)!,
                        RomanisedName = parsed.GetValue(romanised)!,
                        Email = parsed.GetValue(email)!,
                        Mobile = parsed.GetValue(mobile)!,
                        CustomerNumber = parsed.GetValue(customer)!,
                    };
                    if (parsed.GetValue(organisation) is { } registered)
                    {
                        data.Organisation = new Organisation
                        {
                            Name = registered,
                            RomanisedName = parsed.GetValue(organisationRomanised)!,
                            CorporateNumber = parsed.GetValue(corporateNumber)!,
                            Department = parsed.GetValue(department)!,
                            Role = parsed.GetValue(role)!,
                        };
                    }

                    return new ChangeOperation
                    {
                        Register = new RegisterSubscriber { Data = data, CertificateProfile = parsed.GetValue(profile)! },
                    };
                }
            )
        );
    }

    private static Command Apply()
    {
        var subscriber = new Argument<string>("subscriber-id");
        var profile = new Option<string>("--profile") { Description = "Certificate profile", Required = true };
        var replaces = new Option<string>("--replaces")
        {
            Description = "Serial number of the certificate that this one replaces (R13)",
            DefaultValueFactory = _ => "",
        };
        return Change(
            "apply",
            "Apply for a certificate",
            (
                [subscriber, profile, replaces],
                parsed => new ChangeOperation
                {
                    Apply = new ApplyForCertificate
                    {
                        SubscriberId = parsed.GetValue(subscriber)!,
                        CertificateProfile = parsed.GetValue(profile)!,
                        ReplacesSerialNumber = parsed.GetValue(replaces)!,
                    },
                }
            )
        );
    }

    private static (Symbol[] Symbols, Func<ParseResult, ChangeOperation> Operation) RevokeArguments()
    {
        var serial = new Argument<string>("serial-number");
        var crlReason = new Option<string>("--crl-reason")
        {
            Description = "keyCompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn or unspecified",
            DefaultValueFactory = _ => "unspecified",
        };
        var invalidity = new Option<DateTimeOffset?>("--invalidity-date")
        {
            Description = "Since when the key is thought to be in other hands, e.g. 2026-11-20T09:00+09:00",
        };
        return (
            [serial, crlReason, invalidity],
            parsed => new ChangeOperation
            {
                Revoke = new RevokeCertificate
                {
                    SerialNumber = parsed.GetValue(serial)!,
                    Reason = parsed.GetValue(crlReason)!,
                    InvalidityDate = parsed.GetValue(invalidity) is { } since ? Timestamp.FromDateTimeOffset(since) : null,
                },
            }
        );
    }

    private static (Symbol[] Symbols, Func<ParseResult, ChangeOperation> Operation) Serial(Func<string, ChangeOperation> operation)
    {
        var serial = new Argument<string>("serial-number");
        return ([serial], parsed => operation(parsed.GetValue(serial)!));
    }

    private static Command Unlock()
    {
        var subscriber = new Argument<string>("subscriber-id");
        var credential = new Argument<string>("credential-id");
        return Change(
            "unlock",
            "Unlock a credential; the subscriber confirms with one-time password and PIN (R7)",
            (
                [subscriber, credential],
                parsed => new ChangeOperation
                {
                    Unlock = new UnlockCredential
                    {
                        SubscriberId = parsed.GetValue(subscriber)!,
                        CredentialId = parsed.GetValue(credential)!,
                    },
                }
            )
        );
    }

    private static Command Delete()
    {
        var subscriber = new Argument<string>("subscriber-id");
        return Change(
            "delete",
            "Delete a subscriber: his certificates are revoked, the evidence is kept",
            ([subscriber], parsed => new ChangeOperation { Delete = new DeleteSubscriber { SubscriberId = parsed.GetValue(subscriber)! } })
        );
    }

    private static Command Change(string verb, string description, (Symbol[] Symbols, Func<ParseResult, ChangeOperation> Operation) what) =>
        Change(verb, description, what.Symbols, (parsed, _, _) => Task.FromResult(what.Operation(parsed)));

    /// <summary>A command that submits a change: its reason, paper and maker besides <paramref name="symbols"/>.</summary>
    internal static Command Change(
        string verb,
        string description,
        IEnumerable<Symbol> symbols,
        Func<ParseResult, Connection, CancellationToken, Task<ChangeOperation>> operation
    )
    {
        var command = new Command(verb, description) { Reason, Paper, Operator };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "ra-maker");
                var request = new SubmitChangeRequest
                {
                    RequestId = Guid.NewGuid().ToString("N"),
                    Operation = await operation(parsed, connection, cancellationToken),
                    Reason = parsed.GetValue(Reason)!,
                    PaperReference = parsed.GetValue(Paper)!,
                    Operator = parsed.GetValue(Operator) ?? "",
                };
                Print(parsed, (await connection.Registration.SubmitChangeAsync(request, cancellationToken: cancellationToken)).Change);
            }
        );
        return command;
    }

    private static Command Decide(string verb, string description)
    {
        var change = new Argument<string>("change-id");
        var command = new Command(verb, description) { change, Note, Operator };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "ra-approver");
                var id = parsed.GetValue(change)!;
                var note = parsed.GetValue(Note) ?? "";
                var person = parsed.GetValue(Operator) ?? "";
                var decided =
                    verb == "approve"
                        ? (
                            await connection.Registration.ApproveChangeAsync(
                                new ApproveChangeRequest
                                {
                                    ChangeId = id,
                                    Note = note,
                                    Operator = person,
                                },
                                cancellationToken: cancellationToken
                            )
                        ).Change
                        : (
                            await connection.Registration.RejectChangeAsync(
                                new RejectChangeRequest
                                {
                                    ChangeId = id,
                                    Note = note,
                                    Operator = person,
                                },
                                cancellationToken: cancellationToken
                            )
                        ).Change;
                Print(parsed, decided);
            }
        );
        return command;
    }

    private static Command Changes()
    {
        var state = new Option<string>("--state")
        {
            Description = "waiting, applied, rejected or all",
            DefaultValueFactory = _ => "waiting",
        };
        state.AcceptOnlyFromAmong("waiting", "applied", "rejected", "all");
        var command = new Command("changes", "List changes") { state, Limit };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "ra-maker");
                var wanted = parsed.GetValue(state) switch
                {
                    "applied" => ChangeState.Applied,
                    "rejected" => ChangeState.Rejected,
                    "all" => ChangeState.Unspecified,
                    _ => ChangeState.Waiting,
                };
                var changes = await Pages.CollectAsync<Change>(
                    parsed.GetValue(Limit),
                    async (size, token) =>
                    {
                        var page = await connection.Registration.ListChangesAsync(
                            new ListChangesRequest
                            {
                                State = wanted,
                                PageSize = size,
                                PageToken = token,
                            },
                            cancellationToken: cancellationToken
                        );
                        return (page.Changes, page.NextPageToken);
                    }
                );
                new Printer(parsed).Print(
                    changes,
                    "no changes",
                    ("change", c => c.ChangeId),
                    ("operation", c => c.Operation.OperationCase.ToString().ToLowerInvariant()),
                    ("state", c => c.State.ToString().ToLowerInvariant()),
                    ("maker", c => c.Maker),
                    ("approver", c => c.Approver),
                    ("reason", c => c.Reason),
                    ("submitted", c => Times.Show(c.SubmitTime))
                );
            }
        );
        return command;
    }

    private static Command Subscribers()
    {
        var name = new Option<string>("--name") { DefaultValueFactory = _ => "" };
        var kana = new Option<string>("--kana") { DefaultValueFactory = _ => "" };
        var email = new Option<string>("--email") { DefaultValueFactory = _ => "" };
        var serial = new Option<string>("--serial-number") { DefaultValueFactory = _ => "" };
        var state = new Option<string>("--state") { Description = "active, deleted or all", DefaultValueFactory = _ => "all" };
        state.AcceptOnlyFromAmong("active", "deleted", "all");
        var command = new Command("list", "Search subscribers") { name, kana, email, serial, state, Limit };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "ra-maker");
                var subscribers = await Pages.CollectAsync<Subscriber>(
                    parsed.GetValue(Limit),
                    async (size, token) =>
                    {
                        var page = await connection.Registration.SearchSubscribersAsync(
                            new SearchSubscribersRequest
                            {
                                Name = parsed.GetValue(name)!,
                                Kana = parsed.GetValue(kana)!,
                                Email = parsed.GetValue(email)!,
                                SerialNumber = parsed.GetValue(serial)!,
                                State = parsed.GetValue(state) switch
                                {
                                    "active" => SubscriberState.Active,
                                    "deleted" => SubscriberState.Deleted,
                                    _ => SubscriberState.Unspecified,
                                },
                                PageSize = size,
                                PageToken = token,
                            },
                            cancellationToken: cancellationToken
                        );
                        return (page.Subscribers, page.NextPageToken);
                    }
                );
                new Printer(parsed).Print(
                    subscribers,
                    "no subscribers",
                    ("subscriber", s => s.SubscriberId),
                    ("name", s => s.Data.Name),
                    ("kana", s => s.Data.Kana),
                    ("e-mail", s => s.Data.Email),
                    ("organisation", s => s.Data.Organisation?.Name ?? ""),
                    ("state", s => s.State.ToString().ToLowerInvariant())
                );
            }
        );
        return command;
    }

    private static Command Applications()
    {
        var subscriber = new Argument<string>("subscriber-id");
        var command = new Command("applications", "List a subscriber's certificate applications") { subscriber, Limit };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "ra-maker");
                var applications = await Pages.CollectAsync<Application>(
                    parsed.GetValue(Limit),
                    async (size, token) =>
                    {
                        var page = await connection.Registration.ListApplicationsAsync(
                            new ListApplicationsRequest
                            {
                                SubscriberId = parsed.GetValue(subscriber)!,
                                PageSize = size,
                                PageToken = token,
                            },
                            cancellationToken: cancellationToken
                        );
                        return (page.Applications, page.NextPageToken);
                    }
                );
                new Printer(parsed).Print(
                    applications,
                    "no applications",
                    ("application", a => a.ApplicationId),
                    ("profile", a => a.CertificateProfile),
                    ("state", a => a.State.ToString().ToLowerInvariant()),
                    ("serial number", a => a.SerialNumber),
                    ("approved", a => Times.Show(a.ApproveTime))
                );
            }
        );
        return command;
    }

    private static void Print(ParseResult parsed, Change change) =>
        new Printer(parsed).Print(
            change,
            ("change", change.ChangeId),
            ("state", change.State.ToString().ToLowerInvariant()),
            ("subscriber", change.SubscriberId),
            ("application", change.ApplicationId),
            ("serial number", change.SerialNumber),
            ("maker", change.Maker),
            ("approver", change.Approver)
        );
}
