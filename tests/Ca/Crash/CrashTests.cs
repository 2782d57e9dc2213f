using System.Diagnostics;
using System.Globalization;
using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Issuance;
using EContract.Ca.Ocsp;
using EContract.Ca.Profiles;
using EContract.Ca.Registration;
using EContract.Ca.Revocation;
using EContract.Ca.Store;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace EContract.Ca.Tests.Crash;

/// <summary>
/// kill -9 in a loop while certificates are issued and revoked and CRLs published on a token, then reconcile: no serial twice, no
/// certificate unknown to the database, no acknowledged revocation missing from OCSP or CRL, no CRL number twice. ECONTRACT_LONG=1:
/// many kills.
/// </summary>
public sealed class CrashTests
{
    private const string Variable = "ECONTRACT_CA_CRASH_WORKER";
    private const string CrlKey = "ca-subscribers";
    private static readonly int Kills = Environment.GetEnvironmentVariable("ECONTRACT_LONG") == "1" ? 50 : 2;

    [Fact]
    public async Task Killed_in_a_loop_it_loses_and_doubles_nothing()
    {
        using var softHsm = SoftHsmToken.Create();
        using var folder = new TemporaryFolder();
        await using var database = await PostgresDatabase.CreateAsync();
        var acknowledged = folder.Write("acknowledged", "");
        await using (var token = await softHsm.OpenAsync())
        {
            var runner = new CeremonyRunner(folder.Path, new TokenKeyStore(token), ProfileCatalogue.Load(), TimeProvider.System);
            await runner.RunAsync(Demonstration.ReadCeremony(), TestContext.Current.CancellationToken);
            await CaHost.MakeEnrollmentKeyAsync(new TokenKeyStore(token));
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            await RunAndKillAsync(softHsm, database, folder, acknowledged);
        }

        foreach (var point in new[] { KillPoint.BeforeCrlSignature, KillPoint.AfterCrlSignature })
        {
            await RunUntilItDiesAsync(softHsm, database, folder, acknowledged, point);
            Assert.True(await CountSpentNumbersAsync(database) > 0, "it died with a number taken and no CRL stored");
        }

        var taken = await ReadTakenNumbersAsync(database);
        await using var again = await softHsm.OpenAsync();
        await using var app = await CaHost.BuildAsync(database.ConnectionString, folder.Path, new TokenKeyStore(again));
        await app.Services.GetRequiredService<IssuanceReconciler>().ReconcileAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        await CheckAsync(app.Services, [.. await File.ReadAllLinesAsync(acknowledged, TestContext.Current.CancellationToken)]);
        await CheckCrlNumbersAsync(
            app.Services,
            await File.ReadAllLinesAsync(PublishedBeside(acknowledged), TestContext.Current.CancellationToken),
            taken
        );
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The process that is killed: issues, revokes and publishes until then, and writes down what was acknowledged to it.</summary>
    [Fact(Explicit = true)]
    public async Task Worker()
    {
        var given = Environment.GetEnvironmentVariable(Variable)!.Split('\n');
        var (connection, folder, acknowledged) = (given[0], given[1], given[2]);
        var options = new TokenOptions
        {
            ModulePath = given[3],
            TokenLabel = given[4],
            PinFile = given[5],
            ModuleEnvironment = new() { ["SOFTHSM2_CONF"] = given[6] },
        };
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var token = await Token.OpenAsync(options, TimeProvider.System, TestRunLog.Logger<Token>(), cancellationToken);
        var keys = new TokenKeyStore(token);
        var point = Enum.Parse<KillPoint>(given[7]);
        await using var app = await CaHost.BuildAsync(
            connection,
            folder,
            point == KillPoint.None ? keys : new DyingKeyStore(keys, CrlKey, 8, point)
        );
        await using var published = new FileStream(PublishedBeside(acknowledged), FileMode.Append, FileAccess.Write);
        if (point != KillPoint.None)
        {
            // Nothing but CRLs: the signature it dies at is one of theirs.
            await PublishAsync(app.Services, published);
        }

        await using var journal = new FileStream(acknowledged, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
        var turn = new Lock();
        void Note(string line)
        {
            lock (turn)
            {
                journal.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
            }
        }

        await Task.WhenAll([
            Task.Run(() => PublishAsync(app.Services, published), cancellationToken),
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(() => WorkAsync(app.Services, Note), cancellationToken)),
        ]);
    }

    private static async Task PublishAsync(IServiceProvider services, FileStream published)
    {
        while (true)
        {
            foreach (var scope in CrlIssuer.ScopesOf(services.GetRequiredService<AuthorityRegistry>().Get("subscribers")))
            {
                var row = await services.GetRequiredService<CrlIssuer>().IssueAsync(scope, null, "test", CancellationToken.None);
                published.Write(System.Text.Encoding.ASCII.GetBytes($"{row!.Shard} {row.Number}\n"));
                published.Flush();
            }
        }
    }

    private static async Task WorkAsync(IServiceProvider services, Action<string> note)
    {
        var desk = services.GetRequiredService<RegistrationDesk>();
        for (var i = 0; ; i++)
        {
            var register = new RegisterSubscriber(CaHost.SubscriberDataFor("障害 太郎"), "subscriber-individual");
            var change = await ChangeAsync(desk, register);
            using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
            var issued = await services
                .GetRequiredService<CertificateIssuer>()
                .IssueAsync(
                    change.ApplicationId!,
                    CaHost.ApplicationIdOf(change.ApplicationId!),
                    CaHost.CreateRequest(key).Encoded,
                    await CaHost.ProveAsync(services.GetRequiredService<IKeyStore>(), change.ApplicationId!, key),
                    CaHost.Service,
                    CancellationToken.None
                );
            var serial = SerialNumber.FromContent(issued.Row.Serial).ToString();
            note("issued " + serial);
            if (i % 2 == 0)
            {
                await ChangeAsync(desk, new RevokeCertificate(serial, CrlReason.KeyCompromise, null));
                note("revoked " + serial);
            }
        }
    }

    private static async Task<Change> ChangeAsync(RegistrationDesk desk, ChangeOperation operation)
    {
        var change = await desk.SubmitAsync(CaHost.NewRequestId(), operation, "r", "p", CaHost.Maker, CancellationToken.None);
        return await desk.ApproveAsync(change.Id, "", CaHost.Approver, CancellationToken.None);
    }

    private static async Task RunAndKillAsync(SoftHsmToken token, PostgresDatabase database, TemporaryFolder folder, string acknowledged)
    {
        var before = new FileInfo(acknowledged).Length;
        using var process = StartWorker(token, database, folder, acknowledged, KillPoint.None);
        var output = process.StandardOutput.ReadToEndAsync();
        // Not before it is at work, then at any moment.
        while (new FileInfo(acknowledged).Length < before + 400 && !process.HasExited)
        {
            await Task.Delay(20);
        }

        await Task.Delay(Random.Shared.Next(200));
        Assert.False(process.HasExited, process.HasExited ? await output : "");
        process.Kill();
        await process.WaitForExitAsync();
    }

    private static async Task RunUntilItDiesAsync(
        SoftHsmToken token,
        PostgresDatabase database,
        TemporaryFolder folder,
        string acknowledged,
        KillPoint point
    )
    {
        using var process = StartWorker(token, database, folder, acknowledged, point);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 128 + 9, output); // by SIGKILL
    }

    private static Process StartWorker(
        SoftHsmToken token,
        PostgresDatabase database,
        TemporaryFolder folder,
        string acknowledged,
        KillPoint point
    )
    {
        var options = token.TokenOptions;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(CrashTests).Assembly.Location);
        start.ArgumentList.Add("-explicit");
        start.ArgumentList.Add("only");
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(CrashTests).FullName}.{nameof(Worker)}");
        start.Environment[Variable] = string.Join(
            '\n',
            database.ConnectionString,
            folder.Path,
            acknowledged,
            options.ModulePath,
            options.TokenLabel,
            options.PinFile,
            token.ConfigurationFile,
            point
        );
        return Process.Start(start)!;
    }

    private static string PublishedBeside(string acknowledged) => acknowledged + ".crls";

    /// <summary>How many sequences stand above what was stored: a number was taken for a CRL that never came.</summary>
    private static async Task<long> CountSpentNumbersAsync(PostgresDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(
            "SELECT count(*) FROM ca.crl_numbers n WHERE last > "
                + "(SELECT coalesce(max(number), 0) FROM ca.crls c WHERE c.authority = n.authority AND c.shard = n.shard)"
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<Dictionary<int, long>> ReadTakenNumbersAsync(PostgresDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("SELECT shard, last FROM ca.crl_numbers WHERE authority = 'subscribers'");
        await using var rows = await command.ExecuteReaderAsync();
        var taken = new Dictionary<int, long>();
        while (await rows.ReadAsync())
        {
            taken.Add(rows.GetInt32(0), rows.GetInt64(1));
        }

        return taken;
    }

    /// <summary>RFC 5280 §5.2.3: numbers only rise, also over what was spent on CRLs that never came.</summary>
    private static async Task CheckCrlNumbersAsync(IServiceProvider services, string[] published, Dictionary<int, long> taken)
    {
        var byShard = published
            .Select(line => line.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .ToLookup(line => (int)line[0], line => line[1]);
        foreach (var scope in CrlIssuer.ScopesOf(services.GetRequiredService<AuthorityRegistry>().Get("subscribers")))
        {
            var row = (await services.GetRequiredService<CrlIssuer>().IssueAsync(scope, null, "test", CancellationToken.None))!;
            Assert.Equal(row.Number, CertificateRevocationList.Decode(row.Crl).CrlNumber);
            long[] numbers = [.. byShard[row.Shard], row.Number];
            Assert.True(numbers.Length > Kills, "CRLs were published between the kills");
            Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair.First} before {pair.Second}"));
            Assert.True(row.Number > taken[row.Shard], $"{row.Number} was taken before: {taken[row.Shard]}");
        }
    }

    private static async Task CheckAsync(IServiceProvider services, IReadOnlyList<string> acknowledged)
    {
        var database = services.GetRequiredService<CaDatabase>();
        var rows = await database.ReadAsync(
            context => context.Certificates.Where(c => c.ApplicationId != null).ToListAsync(),
            CancellationToken.None
        );
        Assert.DoesNotContain(rows, r => r.State == CertificateState.Planned);
        Assert.Equal(rows.Count, rows.Select(r => Convert.ToHexString(r.Serial)).Distinct().Count());
        Assert.All(
            rows.Where(r => r.State != CertificateState.Void).GroupBy(r => r.ApplicationId),
            application => Assert.Single(application)
        );

        var issued = rows.Where(r => r.State == CertificateState.Issued).ToDictionary(r => SerialNumber.FromContent(r.Serial).ToString());
        Assert.All(issued.Values, r => Assert.Equal(r.Plan, Pki.X509.Certificate.Decode(r.Certificate!).Signed.ToBeSigned.ToArray()));
        var crl = await services.GetRequiredService<CrlIssuer>().IssueAsync(new("subscribers", null, false), null, "test", default);
        var listed = CertificateRevocationList.Decode(crl!.Crl).ReadEntries().Select(e => e.SerialNumber.ToString()).ToHashSet();
        var reader = services.GetRequiredService<StatusReader>();
        foreach (var line in acknowledged)
        {
            var (what, serial) = (line.Split(' ')[0], line.Split(' ')[1]);
            Assert.True(issued.ContainsKey(serial), line);
            if (what == "revoked")
            {
                Assert.Contains(serial, listed);
                var standing = await reader.ReadAsync("subscribers", SerialNumber.FromContent(issued[serial].Serial), default);
                Assert.Equal(CertificateStatus.Revoked, standing!.Value.Status);
            }
        }

        Assert.Contains(acknowledged, line => line.StartsWith("revoked", StringComparison.Ordinal));
    }
}
