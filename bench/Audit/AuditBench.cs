using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using EContract.Audit;
using EContract.TestKit;
using Npgsql;

namespace EContract.Bench.Audit;

/// <summary>
/// Durable appends per second beside pgbench inserting one small row per transaction into the same database, with fsync on.
/// An append writes an event and its chain record, with five indexes; pgbench writes one row with one.
/// </summary>
public static partial class AuditBench
{
    /// <summary>A signing leaves five records: begun, OTP delivered, PIN verified, reserved, completed.</summary>
    private const int RecordsPerSignature = 5;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(bool quick)
    {
        // Ours and theirs take turns, so that whatever else the machine does meets both; the medians count.
        var rounds = quick ? 3 : 7;
        var turn = TimeSpan.FromSeconds(quick ? 1 : 3);
        // bench/run gives a cluster of its own, with fsync on.
        await using var database = await PostgresDatabase.CreateAsync();
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await ExecuteAsync(database, "create table bench_insert (id bigserial primary key, filler text)");
        await using var log = new AuditLog(connection.ConnectionString, new AuditOptions { Node = "bench" });
        await AppendAsync(log, 16, TimeSpan.FromSeconds(1));
        var rows = new List<BenchRow>();
        var cpu = 0.0;
        foreach (var callers in new[] { 1, 16, 64 })
        {
            var (ours, theirs, micros) = (new double[rounds], new double[rounds], new double[rounds]);
            for (var round = 0; round < rounds; round++)
            {
                theirs[round] = await PgbenchAsync(connection, callers, turn);
                (ours[round], micros[round]) = await AppendAsync(log, callers, turn);
            }

            cpu = callers == 16 ? Median(micros) : cpu;
            rows.Add(
                new BenchRow(
                    $"audit append, {callers} caller{(callers == 1 ? "" : "s")}",
                    Median(ours),
                    "durable/s",
                    "pgbench insert",
                    Median(theirs),
                    "tps",
                    Median(ours) / Median(theirs),
                    callers == 16 ? ">= 0.8" : "-"
                )
            );
        }

        var signature = SignatureMicros();
        rows.Add(
            new BenchRow(
                $"audit CPU per signature ({RecordsPerSignature} records, 16 callers)",
                cpu * RecordsPerSignature,
                "us",
                "RSA-2048 signature in software",
                signature,
                "us",
                cpu * RecordsPerSignature / signature,
                "-"
            )
        );
        return rows;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    /// <summary>Appends per second, and CPU microseconds of this process per append.</summary>
    private static async Task<(double PerSecond, double CpuMicros)> AppendAsync(AuditLog log, int callers, TimeSpan duration)
    {
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var done = 0L;
        await Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(caller =>
                    Task.Run(async () =>
                    {
                        while (clock.Elapsed < duration)
                        {
                            await log.AppendAsync(Event(caller), CancellationToken.None);
                            Interlocked.Increment(ref done);
                        }
                    })
                )
        );
        var elapsed = clock.Elapsed;
        process.Refresh();
        return (done / elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalMicroseconds / done);
    }

    private static AuditEvent Event(int caller) =>
        new()
        {
            Action = "signing.completed",
            Caller = "portal",
            OnBehalfOf = "S-00001234",
            ObjectType = "activation",
            ObjectId = Guid.NewGuid().ToString("N"),
            Outcome = AuditOutcome.Succeeded,
            CorrelationId = $"bench-{caller}",
            Details = new Dictionary<string, string>
            {
                ["digest"] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                ["policy_version"] = "1",
            },
        };

    private static async Task<double> PgbenchAsync(NpgsqlConnectionStringBuilder connection, int clients, TimeSpan duration)
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write("insert.sql", "insert into bench_insert (filler) values ('a record of the log would be here');\n");
        var (code, output) = await ForeignTool.RunAsync(
            Path.Combine(PostgresBin(), "pgbench"),
            "-n",
            "-M",
            "prepared",
            "-c",
            clients.ToString(CultureInfo.InvariantCulture),
            "-j",
            Math.Min(clients, Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture),
            "-T",
            ((int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            "-f",
            script,
            "-h",
            connection.Host!,
            "-U",
            connection.Username!,
            connection.Database!
        );
        return code == 0 && TransactionsPerSecond().Match(output) is { Success: true } match
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"pgbench ended with {code}: {output}");
    }

    private static double SignatureMicros()
    {
        using var rsa = RSA.Create(2048);
        var digest = SHA256.HashData("digest"u8);
        rsa.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var clock = Stopwatch.StartNew();
        const int Count = 500;
        for (var i = 0; i < Count; i++)
        {
            rsa.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        return clock.Elapsed.TotalMicroseconds / Count;
    }

    private static string PostgresBin() => Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    private static async Task ExecuteAsync(PostgresDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex TransactionsPerSecond();
}
