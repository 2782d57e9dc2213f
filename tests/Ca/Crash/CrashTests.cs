using System.Diagnostics;
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
using Xunit;

namespace EContract.Ca.Tests.Crash;

/// <summary>
/// kill -9 in a loop while certificates are issued and revoked on a token, then reconcile: no serial twice, no certificate unknown to
/// the database, no acknowledged revocation missing from OCSP or CRL. ECONTRACT_LONG=1: many kills.
/// </summary>
public sealed class CrashTests
{
    private const string Variable = "ECONTRACT_CA_CRASH_WORKER";
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

        await using var again = await softHsm.OpenAsync();
        await using var app = await CaHost.BuildAsync(database.ConnectionString, folder.Path, new TokenKeyStore(again));
        await app.Services.GetRequiredService<IssuanceReconciler>().ReconcileAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        await CheckAsync(app.Services, [.. await File.ReadAllLinesAsync(acknowledged, TestContext.Current.CancellationToken)]);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The process that is killed: issues and revokes until then, and writes down what was acknowledged to it.</summary>
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
        await using var token = await Token.OpenAsync(options, TimeProvider.System, null, cancellationToken);
        await using var app = await CaHost.BuildAsync(connection, folder, new TokenKeyStore(token));
        await using var journal = new FileStream(acknowledged, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
        var turn = new Lock();
        void Note(string line)
        {
            lock (turn)
            {
                journal.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => WorkAsync(app.Services, Note), cancellationToken)));
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
            token.ConfigurationFile
        );
        var before = new FileInfo(acknowledged).Length;
        using var process = Process.Start(start)!;
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
