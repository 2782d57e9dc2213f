using System.CommandLine;
using System.Globalization;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Audit.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Cli.Audit;

/// <summary><c>econtract audit</c>: the evidence log for auditors. <c>verify</c> works offline; the others ask the server.</summary>
internal static class AuditCommands
{
    private const string Auditor = "auditor";
    private const int MostRowsInOnePage = 1000;

    public static Command Create() =>
        new("audit", "Evidence log: verify offline, export, search, follow")
        {
            VerifyCommand.Create(),
            Export(),
            Evidence(),
            Search(),
            Tail(),
            Checkpoint(),
            Erase(),
        };

    private static Command Export()
    {
        var file = FileArgument("The file to write, *.econtract-audit");
        var command = new Command("export", "Write the whole log into a file that 'audit verify' checks") { file };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Auditor);
                using var call = connection.Audit.ExportLog(new ExportLogRequest(), cancellationToken: cancellationToken);
                await SaveAsync(call.ResponseStream, chunk => chunk.Chunk, parsed.GetValue(file)!, cancellationToken);
            }
        );
        return command;
    }

    private static Command Evidence()
    {
        var type = new Argument<string>("type") { Description = "Kind of the object, e.g. activation, certificate" };
        var id = new Argument<string>("id") { Description = "Its id" };
        var file = FileArgument("The file to write, *.zip");
        var personal = new Option<bool>("--with-personal-data") { Description = "Open personal data, for a court that has to see them" };
        var command = new Command("evidence", "Write all evidence of one object into a file that 'audit verify' checks")
        {
            type,
            id,
            file,
            personal,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var request = new ExportEvidenceRequest
                {
                    ObjectType = parsed.GetValue(type)!,
                    ObjectId = parsed.GetValue(id)!,
                    IncludePersonalData = parsed.GetValue(personal),
                };
                using var connection = Connection.Open(parsed, Auditor);
                using var call = connection.Audit.ExportEvidence(request, cancellationToken: cancellationToken);
                await SaveAsync(call.ResponseStream, chunk => chunk.Chunk, parsed.GetValue(file)!, cancellationToken);
            }
        );
        return command;
    }

    private static Command Search()
    {
        var action = new Option<string>("--action") { Description = "The action, or its beginning and *", DefaultValueFactory = _ => "" };
        var client = new Option<string>("--by") { Description = "The calling client", DefaultValueFactory = _ => "" };
        var objectId = new Option<string>("--object") { Description = "The object's id", DefaultValueFactory = _ => "" };
        var correlation = new Option<string>("--correlation")
        {
            Description = "The correlation id of a call",
            DefaultValueFactory = _ => "",
        };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Not before, e.g. 2026-11-20T09:00:00+09:00" };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Before" };
        var limit = new Option<int>("--limit") { Description = "Most rows to print", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out var rows) && rows < 1)
            {
                result.AddError("--limit must be 1 or more.");
            }
        });
        var command = new Command("search", "Search the log, newest first") { action, client, objectId, correlation, from, until, limit };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var request = new SearchRecordsRequest
                {
                    Action = parsed.GetValue(action)!,
                    Caller = parsed.GetValue(client)!,
                    ObjectId = parsed.GetValue(objectId)!,
                    CorrelationId = parsed.GetValue(correlation)!,
                    FromTime = parsed.GetValue(from) is { } first ? Timestamp.FromDateTimeOffset(first) : null,
                    UntilTime = parsed.GetValue(until) is { } last ? Timestamp.FromDateTimeOffset(last) : null,
                };
                using var connection = Connection.Open(parsed, Auditor);
                var found = new List<Record>();
                for (
                    var left = parsed.GetValue(limit);
                    left > 0;
                    left = request.PageToken.Length > 0 ? parsed.GetValue(limit) - found.Count : 0
                )
                {
                    request.PageSize = Math.Min(left, MostRowsInOnePage);
                    var page = await connection.Audit.SearchRecordsAsync(request, cancellationToken: cancellationToken);
                    found.AddRange(page.Records);
                    request.PageToken = page.NextPageToken;
                }

                new Printer(parsed).Print(
                    found,
                    "No records.",
                    ("time (UTC)", Time),
                    ("action", record => record.Action),
                    ("by", record => record.OnBehalfOf.Length > 0 ? $"{record.Caller} for {record.OnBehalfOf}" : record.Caller),
                    ("object", record => $"{record.ObjectType} {record.ObjectId}"),
                    ("outcome", record => record.Outcome.ToString().ToLowerInvariant()),
                    ("place", record => record.Chain.Length > 0 ? $"{record.Chain} {record.Sequence}" : "not linked yet")
                );
            }
        );
        return command;
    }

    private static Command Tail()
    {
        var command = new Command("tail", "Print new records as they come, until interrupted");
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Auditor);
                using var call = connection.Audit.TailRecords(new TailRecordsRequest(), cancellationToken: cancellationToken);
                try
                {
                    while (await call.ResponseStream.MoveNext(cancellationToken))
                    {
                        var record = call.ResponseStream.Current.Record;
                        Console.WriteLine(
                            parsed.GetValue(GlobalOptions.Json)
                                ? JsonFormatter.Default.Format(record)
                                : $"{Time(record)} {record.Caller} {record.Action} {record.ObjectType} {record.ObjectId}: {record.Outcome.ToString().ToLowerInvariant()}"
                        );
                    }
                }
                catch (Exception e) when (cancellationToken.IsCancellationRequested && e is RpcException or OperationCanceledException)
                {
                    // Interrupting it is how it ends.
                }
            }
        );
        return command;
    }

    private static Command Checkpoint()
    {
        var command = new Command("checkpoint", "Make a checkpoint now and print the newest one");
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Auditor);
                var made = await connection.Audit.CreateCheckpointAsync(
                    new CreateCheckpointRequest(),
                    cancellationToken: cancellationToken
                );
                new Printer(parsed).Print(
                    made,
                    ("number", made.Checkpoint.Number.ToString(CultureInfo.InvariantCulture)),
                    ("records", made.Checkpoint.TreeSize.ToString(CultureInfo.InvariantCulture)),
                    ("root", Convert.ToHexStringLower(made.Checkpoint.Root.Span))
                );
            }
        );
        return command;
    }

    private static Command Erase()
    {
        var person = new Argument<string>("person") { Description = "The subscriber's id" };
        var reason = new Option<string>("--reason") { Description = "Why, and the paper request's reference", Required = true };
        var command = new Command("erase", "Erase a person's data beside the chain; all proofs stay valid") { person, reason };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var request = new ErasePersonalDataRequest { PersonId = parsed.GetValue(person)!, Reason = parsed.GetValue(reason)! };
                using var connection = Connection.Open(parsed, Auditor);
                var erased = await connection.Audit.ErasePersonalDataAsync(request, cancellationToken: cancellationToken);
                new Printer(parsed).Print(erased, ("erased", $"{erased.ErasedItems} items"));
            }
        );
        return command;
    }

    private static string Time(Record record) =>
        record.Time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static Argument<string> FileArgument(string description) => new("file") { Description = description };

    private static async Task SaveAsync<T>(
        IAsyncStreamReader<T> stream,
        Func<T, ByteString> chunk,
        string path,
        CancellationToken cancellationToken
    )
    {
        // Under another name until it is whole: a file that is there can be relied on, and a refused export leaves none.
        var part = path + ".part";
        var length = 0L;
        try
        {
            await using (var file = File.Create(part))
            {
                await foreach (var received in stream.ReadAllAsync(cancellationToken))
                {
                    await file.WriteAsync(chunk(received).Memory, cancellationToken);
                    length += chunk(received).Length;
                }
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }

        Console.WriteLine($"{path}: {length} bytes");
    }
}
