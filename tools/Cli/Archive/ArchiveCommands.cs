using System.CommandLine;
using System.Globalization;
using EContract.Cli.Connections;
using EContract.Cli.Documents;
using EContract.Cli.Output;
using EContract.Client;
using EContract.Proto.Archive.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace EContract.Cli.Archive;

/// <summary><c>econtract archive augment|restamp|register|list|plan|refresh</c>: documents that are to stay verifiable.</summary>
internal static class ArchiveCommands
{
    private const string Caller = "archive";

    private static readonly Option<FileInfo?> Content = new("--content")
    {
        Description = "The content of a detached CAdES signature; only its digests are sent",
    };

    private static readonly Option<bool> Preserve = new("--preserve-evidence")
    {
        Description = "Go on though the document does not validate or data are missing: what is there is preserved as it is",
    };

    public static Command Create() =>
        new("archive", "Long-term preservation of documents: raise, renew, register, plan; evidence records")
        {
            Augment(),
            Restamp(),
            Register(),
            List(),
            Plan(),
            Refresh(),
            EvidenceCommands.Create(),
        };

    private static Command Augment()
    {
        var (file, output) = Files();
        var level = new Option<string>("--level") { Description = "B-T, B-LT or B-LTA", DefaultValueFactory = _ => "B-LTA" };
        level.AcceptOnlyFromAmong("B-T", "B-LT", "B-LTA");
        var signatures = new Option<string[]>("--signature")
        {
            Description = "Only this signature: its field's name, or its number from 0 in a CAdES signature. May be repeated",
        };
        var register = new Option<bool>("--register") { Description = "Enter the result into the register; the document stays with you" };
        var command = new Command("augment", "Raise the signatures of any PDF or CAdES signature to a level")
        {
            file,
            output,
            level,
            signatures,
            register,
            Content,
            Preserve,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var source = parsed.GetValue(file)!;
                var description = new AugmentDescription
                {
                    Name = source.Name,
                    Level = parsed.GetValue(level) switch
                    {
                        "B-T" => PreservationLevel.BT,
                        "B-LT" => PreservationLevel.BLt,
                        _ => PreservationLevel.BLta,
                    },
                    PreserveEvidence = parsed.GetValue(Preserve),
                    Register = parsed.GetValue(register),
                };
                description.Signatures.AddRange(parsed.GetValue(signatures) ?? []);
                description.ContentDigests.AddRange(await DigestsAsync(parsed, cancellationToken));
                using var connection = Connection.Open(parsed, Caller);
                var result = await TransformAsync(
                    source,
                    parsed.GetValue(output),
                    (document, target) => connection.Archive.AugmentAsync(description, document, target, cancellationToken)
                );
                Show(parsed, result);
            }
        );
        return command;
    }

    private static Command Restamp()
    {
        var documents = new Argument<string[]>("document")
        {
            Description = "Files here, or ids of registered documents (arc_…), which are renewed where they lie",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var due = new Option<bool>("--due") { Description = "Every registered document that should be renewed by now" };
        var command = new Command("restamp", "Renew documents: validate, add what their last time-stamp needs, add the next one")
        {
            documents,
            due,
            Content,
            Preserve,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Caller);
                var names = new List<string>(parsed.GetValue(documents) ?? []);
                if (parsed.GetValue(due))
                {
                    names.AddRange(await DueAsync(connection.Archive, cancellationToken));
                    if (names.Count == 0)
                    {
                        await Console.Error.WriteLineAsync("nothing is due");
                    }
                }
                else if (names.Count == 0)
                {
                    throw new CommandException("name documents, or say --due");
                }

                var failed = 0;
                for (var i = 0; i < names.Count; i++)
                {
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"[{i + 1}/{names.Count}] {names[i]}"));
                    try
                    {
                        await RestampAsync(parsed, connection.Archive, names[i], cancellationToken);
                    }
                    catch (RefusedException e) when (names.Count > 1 && e.Reason.Length > 0)
                    {
                        // One document that can't be renewed must not keep the others from it.
                        failed++;
                        await Console.Error.WriteLineAsync($"{names[i]}: {e.Reason}: {e.Message}");
                    }
                }

                if (failed > 0)
                {
                    throw new CommandException($"{failed} of {names.Count} documents were not renewed");
                }
            }
        );
        return command;
    }

    private static Command Register()
    {
        var location = new Argument<string>("location") { Description = "file:path or s3:bucket/key, within the server's stores" };
        var name = new Option<string?>("--name") { Description = "What people call it. Default: the end of the location" };
        var command = new Command("register", "Enter a document of the server's stores into the register") { location, name, Content };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var at = parsed.GetValue(location)!;
                var request = new RegisterDocumentRequest { Location = at, Name = parsed.GetValue(name) ?? at.Split('/', ':')[^1] };
                request.ContentDigests.AddRange(await DigestsAsync(parsed, cancellationToken));
                using var connection = Connection.Open(parsed, Caller);
                var answer = await connection.Archive.Service.RegisterDocumentAsync(request, cancellationToken: cancellationToken);
                Show(parsed, answer.Document);
            }
        );
        return command;
    }

    private static Command List()
    {
        var before = new Option<DateTimeOffset?>("--due-before") { Description = "Only what should be renewed before this time" };
        var limit = new Option<int>("--limit") { Description = "Most rows to print", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List registered documents, the nearest deadline first") { before, limit };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Caller);
                var due = parsed.GetValue(before) is { } time ? Timestamp.FromDateTimeOffset(time) : null;
                var found = await Pages.CollectAsync<RegisteredDocument>(
                    parsed.GetValue(limit),
                    async (size, page) =>
                    {
                        var request = new ListDocumentsRequest
                        {
                            DueBefore = due,
                            PageSize = size,
                            PageToken = page,
                        };
                        var answer = await connection.Archive.Service.ListDocumentsAsync(request, cancellationToken: cancellationToken);
                        return (answer.Documents, answer.NextPageToken);
                    }
                );
                new Printer(parsed).Print(
                    found,
                    "No documents.",
                    ("id", d => d.DocumentId),
                    ("name", d => d.Name),
                    ("location", d => d.Location.Length > 0 ? d.Location : "with the caller"),
                    ("renew by (UTC)", d => Times.Show(d.Deadline.RenewTime)),
                    ("deadline (UTC)", d => Times.Show(d.Deadline.Time)),
                    ("because of", d => Reason(d.Deadline.Reason)),
                    ("renewals", d => d.Renewals.ToString(CultureInfo.InvariantCulture))
                );
            }
        );
        return command;
    }

    private static Command Plan()
    {
        var months = new Option<int>("--months") { Description = "How many months to look ahead", DefaultValueFactory = _ => 24 };
        var command = new Command("plan", "Forecast: how many documents must be renewed in each month, and why") { months };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Caller);
                var request = new GetPlanRequest { Months = parsed.GetValue(months) };
                var plan = await connection.Archive.Service.GetPlanAsync(request, cancellationToken: cancellationToken);
                var printer = new Printer(parsed);
                if (parsed.GetValue(GlobalOptions.Json))
                {
                    printer.Print(plan);
                    return;
                }

                printer.Print(
                    plan.Months,
                    "Nothing is due in this time.",
                    ("month", m => m.Month.ToDateTimeOffset().ToString("yyyy-MM", CultureInfo.InvariantCulture)),
                    ("because of", m => Reason(m.Reason)),
                    ("documents", m => m.Documents.ToString("N0", CultureInfo.InvariantCulture)),
                    ("megabytes", m => (m.Size / 1e6).ToString("N1", CultureInfo.InvariantCulture))
                );
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"overdue {plan.Overdue}, later {plan.Later}, together {plan.Total}")
                );
            }
        );
        return command;
    }

    private static Command Refresh()
    {
        var command = new Command("refresh", "Ask for the revocation of what the registered documents stand on");
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Caller);
                var found = await connection.Archive.Service.RefreshDeadlinesAsync(
                    new RefreshDeadlinesRequest(),
                    cancellationToken: cancellationToken
                );
                new Printer(parsed).Print(
                    found,
                    $"{found.Checked} certificates asked about: {found.Revoked} revoked, {found.Unknown} unknown; {found.DocumentsChanged} documents are due at once"
                );
            }
        );
        return command;
    }

    private static (Argument<FileInfo> File, Option<FileInfo?> Output) Files() =>
        (
            new Argument<FileInfo>("document") { Description = "A signed PDF, or a CAdES signature (DER)" },
            new Option<FileInfo?>("--output") { Description = "Where the result goes. Default: in the place of the document" }
        );

    private static async Task RestampAsync(ParseResult parsed, ArchiveJobs archive, string document, CancellationToken cancellationToken)
    {
        if (document.StartsWith("arc_", StringComparison.Ordinal))
        {
            var request = new RestampDocumentRequest { DocumentId = document, PreserveEvidence = parsed.GetValue(Preserve) };
            Show(parsed, (await archive.Service.RestampDocumentAsync(request, cancellationToken: cancellationToken)).Document);
            return;
        }

        var source = new FileInfo(document);
        var description = new RestampDescription { Name = source.Name, PreserveEvidence = parsed.GetValue(Preserve) };
        description.ContentDigests.AddRange(await DigestsAsync(parsed, cancellationToken));
        Show(parsed, await TransformAsync(source, null, (from, to) => archive.RestampAsync(description, from, to, cancellationToken)));
    }

    /// <summary>All that are due in a store, page by page, before the first is renewed: what is renewed leaves its place in the order.</summary>
    private static async Task<IEnumerable<string>> DueAsync(ArchiveJobs archive, CancellationToken cancellationToken)
    {
        var due = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        var found = await Pages.CollectAsync<RegisteredDocument>(
            int.MaxValue,
            async (size, page) =>
            {
                var request = new ListDocumentsRequest
                {
                    DueBefore = due,
                    PageSize = size,
                    PageToken = page,
                };
                var answer = await archive.Service.ListDocumentsAsync(request, cancellationToken: cancellationToken);
                return (answer.Documents, answer.NextPageToken);
            }
        );
        return found.Where(d => d.Location.Length > 0).Select(d => d.DocumentId);
    }

    /// <summary>The result appears when it is whole: what was cut off leaves the document as it was.</summary>
    private static async Task<AugmentResult> TransformAsync(
        FileInfo source,
        FileInfo? output,
        Func<Stream, Stream, Task<AugmentResult>> transform
    )
    {
        if (!source.Exists)
        {
            throw new CommandException($"{source.FullName} is not there");
        }

        var path = (output ?? source).FullName;
        var unfinished = $"{path}.part";
        try
        {
            AugmentResult result;
            await using (var document = source.OpenRead())
            await using (var target = File.Create(unfinished))
            {
                result = await Transfers.ShowAsync(
                    $"renewing {source.Name}",
                    document.Length * 2,
                    () => document.Position + target.Position,
                    () => transform(document, target)
                );
            }

            File.Move(unfinished, path, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static async Task<IReadOnlyList<ContentDigest>> DigestsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Content) is not { } content)
        {
            return [];
        }

        var digests = new List<ContentDigest>();
        foreach (var algorithm in DocumentFiles.Algorithms)
        {
            var digest = await DocumentFiles.DigestAsync(content.FullName, algorithm, cancellationToken);
            digests.Add(new ContentDigest { DigestAlgorithm = algorithm, Digest = digest });
        }

        return digests;
    }

    private static void Show(ParseResult parsed, AugmentResult result) =>
        new Printer(parsed).Print(
            result,
            ("time-stamps added", result.TimeStampsAdded.ToString(CultureInfo.InvariantCulture)),
            ("before", string.Join("; ", result.Verdicts.Select(v => $"{v.Name} {v.Indication} {v.SubIndication}".TrimEnd()))),
            ("missing", string.Join("; ", result.Missing.Select(m => $"{m.Certificate}: {m.Reason}"))),
            ("protected until", $"{Times.Show(result.Deadline.Time)} ({Reason(result.Deadline.Reason)}: {result.Deadline.Subject})"),
            ("renew by", Times.Show(result.Deadline.RenewTime)),
            ("sha-256", Convert.ToHexStringLower(result.Digest.Span)),
            ("registered as", result.DocumentId)
        );

    private static void Show(ParseResult parsed, RegisteredDocument document) =>
        new Printer(parsed).Print(
            document,
            ("document", document.DocumentId),
            ("name", document.Name),
            ("location", document.Location),
            ("protected until", $"{Times.Show(document.Deadline.Time)} ({Reason(document.Deadline.Reason)}: {document.Deadline.Subject})"),
            ("renew by", Times.Show(document.Deadline.RenewTime)),
            ("renewals", document.Renewals.ToString(CultureInfo.InvariantCulture)),
            ("sha-256", Convert.ToHexStringLower(document.Digest.Span))
        );

    private static string Reason(DeadlineReason reason) =>
        reason switch
        {
            DeadlineReason.TimestampCertificate => "time-stamp certificate ends",
            DeadlineReason.SignerCertificate => "signer's certificate ends",
            DeadlineReason.Algorithm => "algorithm loses its strength",
            DeadlineReason.Revocation => "certificate revoked",
            _ => "",
        };
}
