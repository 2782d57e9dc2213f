using System.CommandLine;
using System.Globalization;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Signer.V1;

namespace EContract.Cli.Documents;

/// <summary><c>econtract sign</c>: sign PDFs with one-time password and PIN.</summary>
internal static class SignCommands
{
    public static Command Create()
    {
        var credential = new Argument<string>("credential-id");
        var files = new Argument<string[]>("pdf")
        {
            Description = "One or more PDFs, or ids of documents at the server (doc_…): all are signed with one activation",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<DirectoryInfo?>("--output")
        {
            Description =
                "Folder for the signed documents. Default: beside each original, as NAME-signed.pdf; of documents at the server, here",
        };
        var role = new Option<string>("--role")
        {
            Description = "In which role the party signs, e.g. 債務者. Default: as the document's parties were declared",
            DefaultValueFactory = _ => "",
        };
        var reason = new Option<string>("--reason") { Description = "Why, shown in the document", DefaultValueFactory = _ => "" };
        var field = new Option<string>("--field")
        {
            Description = "An existing empty signature field to fill",
            DefaultValueFactory = _ => "",
        };
        var place = new Option<string?>("--place")
        {
            Description =
                "PAGE,X,Y,WIDTH,HEIGHT in points from the lower left corner; page 0 is the last. Default: as declared, else invisible",
        };
        var level = new Option<string>("--level") { Description = "B-B, B-T, B-LT or B-LTA", DefaultValueFactory = _ => "B-T" };
        level.AcceptOnlyFromAmong("B-B", "B-T", "B-LT", "B-LTA");
        var language = new Option<string>("--language") { Description = "ja or en: of the message", DefaultValueFactory = _ => "ja" };
        var command = new Command("sign", "Sign PDFs: uploads them, asks for one-time password and PIN, fetches them signed")
        {
            credential,
            files,
            DocumentCommands.Parties,
            output,
            role,
            reason,
            field,
            place,
            level,
            language,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var template = new PdfSignature
                {
                    Role = parsed.GetValue(role)!,
                    Reason = parsed.GetValue(reason)!,
                    FieldName = parsed.GetValue(field)!,
                    Level = parsed.GetValue(level) switch
                    {
                        "B-B" => SignatureLevel.BB,
                        "B-LT" => SignatureLevel.BLt,
                        "B-LTA" => SignatureLevel.BLta,
                        _ => SignatureLevel.BT,
                    },
                    Placement = parsed.GetValue(place) is { } words ? ReadPlacement(words) : null,
                };
                var parties = PartyFile.Read(parsed.GetValue(DocumentCommands.Parties));
                var sources = parsed.GetValue(files)!;
                var items = new List<SignatureItem>();
                foreach (var source in sources)
                {
                    var item = template.Clone();
                    item.DocumentId = IsDocument(source)
                        ? source
                        : (await Transfers.UploadAsync(connection.Portal, new FileInfo(source), parties, cancellationToken)).DocumentId;
                    items.Add(new SignatureItem { Pdf = item });
                }

                var begun = await connection.Portal.BeginAsync(
                    parsed.GetValue(credential)!,
                    items,
                    parsed.GetValue(language)!,
                    cancellationToken: cancellationToken
                );
                foreach (var item in begun.Items)
                {
                    await Console.Error.WriteLineAsync($"{item.Name}  [{item.ShortDigest}]");
                }

                await Console.Error.WriteLineAsync(
                    $"one-time password sent to {begun.Otp.MaskedDestination}, activation {begun.ActivationId}"
                );
                var otp = Prompt.Secret("One-time password");
                var pin = Prompt.Secret("PIN");
                var signed = await connection.Portal.CompleteAsync(begun.ActivationId, otp, pin, cancellationToken);
                foreach (var (source, item) in sources.Zip(signed.Items))
                {
                    var path = Target(source, item, parsed.GetValue(output));
                    await Transfers.DownloadAsync(connection.Portal, item.DocumentId, item.Version, path, cancellationToken);
                    new Printer(parsed).Print(item, path);
                }
            }
        );
        return command;
    }

    /// <summary>An id, unless there is a file of that name.</summary>
    private static bool IsDocument(string source) => source.StartsWith("doc_", StringComparison.Ordinal) && !File.Exists(source);

    private static string Target(string source, SignedItem item, DirectoryInfo? output)
    {
        var original = IsDocument(source) ? Path.GetFullPath(Path.GetFileName(item.Name)) : Path.GetFullPath(source);
        var folder = output?.FullName ?? Path.GetDirectoryName(original)!;
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(original)}-signed.pdf");
    }

    private static Placement ReadPlacement(string words)
    {
        var parts = words.Split(',');
        var numbers = parts
            .Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : double.NaN)
            .ToArray();
        return numbers.Length == 5 && !numbers.Any(double.IsNaN)
            ? new Placement
            {
                Page = (int)numbers[0],
                X = numbers[1],
                Y = numbers[2],
                Width = numbers[3],
                Height = numbers[4],
            }
            : throw new CommandException("--place wants PAGE,X,Y,WIDTH,HEIGHT, for example 4,310,446,212,88");
    }
}
