using System.CommandLine;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Ca.V1;

namespace EContract.Cli.Ra;

/// <summary>What was issued, and CRLs on demand.</summary>
internal static class CertificateCommands
{
    public static Command List()
    {
        var subscriber = new Argument<string>("subscriber-id") { DefaultValueFactory = _ => "", Description = "All if it is left out" };
        var status = new Option<string>("--status")
        {
            Description = "good, on-hold, revoked, expired or all",
            DefaultValueFactory = _ => "all",
        };
        status.AcceptOnlyFromAmong("good", "on-hold", "revoked", "expired", "all");
        var limit = new Option<int>("--limit") { Description = "Most rows to print", DefaultValueFactory = _ => 50 };
        var command = new Command("certificates", "List certificates, a subscriber's or all") { subscriber, status, limit };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "ra-maker");
                var certificates = await Pages.CollectAsync<Certificate>(
                    parsed.GetValue(limit),
                    async (size, token) =>
                    {
                        var page = await connection.Authority.ListCertificatesAsync(
                            new ListCertificatesRequest
                            {
                                SubscriberId = parsed.GetValue(subscriber)!,
                                Status = parsed.GetValue(status) switch
                                {
                                    "good" => CertificateStatus.Good,
                                    "on-hold" => CertificateStatus.OnHold,
                                    "revoked" => CertificateStatus.Revoked,
                                    "expired" => CertificateStatus.Expired,
                                    _ => CertificateStatus.Unspecified,
                                },
                                PageSize = size,
                                PageToken = token,
                            },
                            cancellationToken: cancellationToken
                        );
                        return (page.Certificates, page.NextPageToken);
                    }
                );
                new Printer(parsed).Print(
                    certificates,
                    "no certificates",
                    ("serial number", c => c.SerialNumber),
                    ("authority", c => c.Authority),
                    ("profile", c => c.CertificateProfile),
                    ("subject", c => c.Subject),
                    ("status", c => c.Status.ToString().ToLowerInvariant()),
                    ("reason", c => c.RevocationReason),
                    ("valid until", c => Times.Show(c.NotAfter))
                );
            }
        );
        return command;
    }

    public static Command IssueCrl()
    {
        var authority = new Argument<string>("authority") { DefaultValueFactory = _ => "", Description = "All if it is left out" };
        var command = new Command("crl", "Issue CRLs now, complete and by shards (R12)") { authority };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "ra-approver");
                var issued = await connection.Authority.IssueCrlAsync(
                    new IssueCrlRequest { Authority = parsed.GetValue(authority)! },
                    cancellationToken: cancellationToken
                );
                new Printer(parsed).Print(
                    issued.Crls,
                    "no CRLs",
                    ("authority", c => c.Authority),
                    ("scope", c => c.Scope),
                    ("number", c => c.CrlNumber),
                    ("entries", c => c.Entries.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    ("next update", c => Times.Show(c.NextUpdate))
                );
            }
        );
        return command;
    }
}
