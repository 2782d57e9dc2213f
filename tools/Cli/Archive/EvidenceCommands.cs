using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Archive.V1;
using Google.Protobuf;
using Grpc.Core;

namespace EContract.Cli.Archive;

/// <summary><c>econtract archive evidence</c>: evidence records of documents. The documents stay here; only their digests are sent.</summary>
internal static class EvidenceCommands
{
    private const string Caller = "archive";
    private const int DigestsPerMessage = 1000;

    public static Command Create() =>
        new("evidence", "Evidence records (RFC 4998): proof that documents existed, millions of them under one time-stamp")
        {
            Register(),
            Close(),
            Status(),
            Export(),
            Verify(),
            Import(),
            Renew(),
            Rehash(),
            JobsCommand.Create(),
        };

    private static Command Register()
    {
        var (paths, algorithm) = (Documents(), Algorithm("SHA-256"));
        var command = new Command("register", "Register documents for the next batch; known ones are left out") { paths, algorithm };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var name = parsed.GetValue(algorithm)!;
                using var connection = Connection.Open(parsed, Caller);
                using var call = connection.Evidence.RegisterDigests(cancellationToken: cancellationToken);
                foreach (var part in DocumentFiles.Below(parsed.GetValue(paths)!).Chunk(DigestsPerMessage))
                {
                    var message = new RegisterDigestsRequest { DigestAlgorithm = name };
                    foreach (var file in part)
                    {
                        var digest = await DocumentFiles.DigestAsync(file, name, cancellationToken);
                        message.Digests.Add(new RegisteredDigest { Digest = digest, Reference = DocumentFiles.Reference(file) });
                    }

                    await call.RequestStream.WriteAsync(message, cancellationToken);
                }

                await call.RequestStream.CompleteAsync();
                var result = await call;
                new Printer(parsed).Print(result, ("registered", Number(result.Registered)), ("known before", Number(result.Known)));
            }
        );
        return command;
    }

    private static Command Close()
    {
        var command = new Command("close", "Close the open batches now and have them time-stamped");
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Caller);
                var closed = await connection.Evidence.CloseBatchesAsync(new CloseBatchesRequest(), cancellationToken: cancellationToken);
                new Printer(parsed).Print(
                    closed,
                    ("time-stamped", closed.Batches.Count == 0 ? "no batch" : string.Join(", ", closed.Batches))
                );
            }
        );
        return command;
    }

    private static Command Status()
    {
        var limit = new Option<int>("--limit") { Description = "Most rows to print", DefaultValueFactory = _ => 20 };
        var command = new Command("status", "List batches, newest first") { limit };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Caller);
                var batches = await Pages.CollectAsync(
                    parsed.GetValue(limit),
                    async (size, token) =>
                    {
                        var page = await connection.Evidence.ListBatchesAsync(
                            new ListBatchesRequest { PageSize = size, PageToken = token },
                            cancellationToken: cancellationToken
                        );
                        return ((IEnumerable<Batch>)page.Batches, page.NextPageToken);
                    }
                );
                new Printer(parsed).Print(
                    batches,
                    "No batches.",
                    ("batch", batch => Number(batch.BatchId)),
                    ("state", batch => batch.State.ToString().ToLowerInvariant()),
                    ("digests", batch => Number(batch.Size)),
                    ("algorithm", batch => batch.DigestAlgorithm),
                    ("opened (UTC)", batch => Time(batch.OpenTime)),
                    ("time-stamped (UTC)", batch => Time(batch.StampTime))
                );
            }
        );
        return command;
    }

    private static Command Export()
    {
        var (document, algorithm) = (Document(), Algorithm("SHA-256"));
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; default: the document's name and .ers" };
        var command = new Command("export", "Write a document's evidence record into a file") { document, algorithm, output };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var file = parsed.GetValue(document)!;
                var digest = await DocumentFiles.DigestAsync(file, parsed.GetValue(algorithm)!, cancellationToken);
                using var connection = Connection.Open(parsed, Caller);
                var answer = await connection.Evidence.ExportRecordAsync(
                    new ExportRecordRequest { Digest = digest },
                    cancellationToken: cancellationToken
                );
                var path = parsed.GetValue(output) ?? file + ".ers";
                await File.WriteAllBytesAsync(path, answer.Record.ToByteArray(), cancellationToken);
                Console.WriteLine($"{path}: {answer.Record.Length} bytes");
            }
        );
        return command;
    }

    private static Command Verify()
    {
        var (document, record) = (Document(), Record());
        var command = new Command("verify", "Verify an evidence record; exit code 1 if it does not prove the document")
        {
            document,
            record,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var request = new VerifyRecordRequest { Record = await RecordAsync(parsed.GetValue(record)!, cancellationToken) };
                await AddDigestsAsync(request.Digests, parsed.GetValue(document)!, cancellationToken);
                using var connection = Connection.Open(parsed, Caller);
                var verdict = await connection.Evidence.VerifyRecordAsync(request, cancellationToken: cancellationToken);
                new Printer(parsed).Print(
                    verdict,
                    ("verdict", verdict.Valid ? "valid" : "NOT VALID"),
                    ("existed at (UTC)", Time(verdict.ExistedTime)),
                    ("renew by (UTC)", Time(verdict.RenewByTime)),
                    ("time-stamps", Number(verdict.Timestamps.Count))
                );
                if (!verdict.Valid)
                {
                    throw new CommandException(
                        verdict.BrokenTimestamp >= 0
                            ? $"time-stamp {verdict.BrokenTimestamp + 1} was not valid when it had to be: {verdict.Detail}"
                            : $"{verdict.Problem} at chain {verdict.Chain + 1}, time-stamp {verdict.Position + 1}"
                    );
                }
            }
        );
        return command;
    }

    private static Command Import()
    {
        var (document, record) = (Document(), Record());
        var command = new Command("import", "Take over an evidence record that others made") { document, record };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var request = new ImportRecordRequest { Record = await RecordAsync(parsed.GetValue(record)!, cancellationToken) };
                await AddDigestsAsync(request.Digests, parsed.GetValue(document)!, cancellationToken);
                using var connection = Connection.Open(parsed, Caller);
                var taken = await connection.Evidence.ImportRecordAsync(request, cancellationToken: cancellationToken);
                new Printer(parsed).Print(
                    taken,
                    ("existed at (UTC)", Time(taken.ExistedTime)),
                    ("renew by (UTC)", Time(taken.RenewByTime))
                );
            }
        );
        return command;
    }

    private static Command Renew()
    {
        var all = new Option<bool>("--all") { Description = "Also those that do not end soon" };
        var command = new Command("renew", "Renew time-stamps that end soon, all under one new time-stamp") { all };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, Caller);
                var request = new RenewTimestampsRequest { All = parsed.GetValue(all) };
                var renewed = await connection.Evidence.RenewTimestampsAsync(request, cancellationToken: cancellationToken);
                new Printer(parsed).Print(renewed, ("renewed", Number(renewed.Renewed)));
            }
        );
        return command;
    }

    private static Command Rehash()
    {
        var paths = Documents();
        var (from, to) = (Algorithm("SHA-256", "--from", "as registered"), Algorithm("SHA-512", "--to", "the stronger one"));
        var command = new Command("rehash", "Take registered documents over into a stronger hash algorithm") { paths, from, to };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var (old, stronger) = (parsed.GetValue(from)!, parsed.GetValue(to)!);
                using var connection = Connection.Open(parsed, Caller);
                using var call = connection.Evidence.RenewHashTrees(cancellationToken: cancellationToken);
                foreach (var part in DocumentFiles.Below(parsed.GetValue(paths)!).Chunk(DigestsPerMessage))
                {
                    var message = new RenewHashTreesRequest { DigestAlgorithm = stronger };
                    foreach (var file in part)
                    {
                        message.Renewals.Add(
                            new RehashedDigest
                            {
                                Digest = await DocumentFiles.DigestAsync(file, old, cancellationToken),
                                RenewedDigest = await DocumentFiles.DigestAsync(file, stronger, cancellationToken),
                            }
                        );
                    }

                    await call.RequestStream.WriteAsync(message, cancellationToken);
                }

                await call.RequestStream.CompleteAsync();
                var result = await call;
                new Printer(parsed).Print(result, ("taken over", Number(result.Renewed)), ("known before", Number(result.Known)));
            }
        );
        return command;
    }

    private static async Task AddDigestsAsync(
        Google.Protobuf.Collections.RepeatedField<DocumentDigest> digests,
        string document,
        CancellationToken cancellationToken
    )
    {
        foreach (var name in DocumentFiles.Algorithms)
        {
            digests.Add(
                new DocumentDigest { DigestAlgorithm = name, Digest = await DocumentFiles.DigestAsync(document, name, cancellationToken) }
            );
        }
    }

    private static async Task<ByteString> RecordAsync(string path, CancellationToken cancellationToken) =>
        UnsafeByteOperations.UnsafeWrap(await File.ReadAllBytesAsync(path, cancellationToken));

    private static Argument<string[]> Documents() =>
        new("documents") { Description = "Files, or folders with everything below them", Arity = ArgumentArity.OneOrMore };

    private static Argument<string> Document() => new("document") { Description = "The document" };

    private static Argument<string> Record() => new("record") { Description = "The evidence record, *.ers" };

    private static Option<string> Algorithm(string usual, string name = "--algorithm", string what = "of the digests")
    {
        var option = new Option<string>(name) { Description = $"Hash algorithm {what}", DefaultValueFactory = _ => usual };
        option.AcceptOnlyFromAmong([.. DocumentFiles.Algorithms]);
        return option;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        time is null ? "" : time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
