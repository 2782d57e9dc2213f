using System.CommandLine;
using System.Globalization;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Signer.V1;

namespace EContract.Cli.Documents;

/// <summary><c>econtract document</c>: documents at the Signer, who signs them and whose turn it is.</summary>
internal static class DocumentCommands
{
    public static readonly Option<FileInfo?> Parties = new("--parties")
    {
        Description =
            "JSON array of the parties in order: subscriberId, kind (PARTY_KIND_PERSON, PARTY_KIND_ORGANISATION), role, reason, placement",
    };

    public static Command Create() => new("document", "Documents at the server") { Upload(), Show(), Fetch() };

    private static Command Upload()
    {
        var file = new Argument<FileInfo>("pdf");
        var command = new Command("upload", "Store a PDF for signing by several parties") { file, Parties };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var parties = PartyFile.Read(parsed.GetValue(Parties));
                var uploaded = await Transfers.UploadAsync(connection.Portal, parsed.GetValue(file)!, parties, cancellationToken);
                new Printer(parsed).Print(
                    uploaded,
                    ("document", uploaded.DocumentId),
                    ("version", uploaded.Version.ToString(CultureInfo.InvariantCulture)),
                    ("size", uploaded.Size.ToString("N0", CultureInfo.InvariantCulture)),
                    ("SHA-256", Convert.ToHexStringLower(uploaded.Digest.Span))
                );
            }
        );
        return command;
    }

    private static Command Show()
    {
        var document = new Argument<string>("document-id");
        var command = new Command("show", "Show who has signed a document and whose turn it is") { document };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var known = await connection.Portal.GetDocumentAsync(parsed.GetValue(document)!, cancellationToken);
                var printer = new Printer(parsed);
                printer.Print(
                    known,
                    ("document", known.DocumentId),
                    ("name", known.Name),
                    ("version", known.Version.ToString(CultureInfo.InvariantCulture)),
                    ("size", known.Size.ToString("N0", CultureInfo.InvariantCulture)),
                    ("SHA-256", Convert.ToHexStringLower(known.Digest.Span))
                );
                if (!parsed.GetValue(GlobalOptions.Json))
                {
                    printer.Print(
                        known.Parties,
                        "no parties were declared",
                        ("party", p => p.Party.SubscriberId),
                        ("role", p => p.Party.Role),
                        ("signed", p => Standing(p, known)),
                        ("version", p => p.SignedVersion == 0 ? "" : p.SignedVersion.ToString(CultureInfo.InvariantCulture))
                    );
                }
            }
        );
        return command;
    }

    private static Command Fetch()
    {
        var document = new Argument<string>("document-id");
        var target = new Argument<FileInfo>("pdf") { Description = "Where to write it" };
        var version = new Option<int>("--version") { Description = "Default: the newest" };
        var command = new Command("fetch", "Fetch a document, signed as far as it is") { document, target, version };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var path = parsed.GetValue(target)!.FullName;
                await Transfers.DownloadAsync(
                    connection.Portal,
                    parsed.GetValue(document)!,
                    parsed.GetValue(version),
                    path,
                    cancellationToken
                );
                Console.WriteLine(path);
            }
        );
        return command;
    }

    private static string Standing(PartyStanding party, GetDocumentResponse document) =>
        party.SignTime is not null ? Times.Show(party.SignTime)
        : document.Parties[document.NextParty - 1] == party ? "next"
        : "";
}
