using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Ca;
using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Issuance;
using EContract.Ca.Profiles;
using EContract.Ca.Registration;
using EContract.Grpc.Server;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Ocsp;
using EContract.Pki.Pkcs10;
using EContract.Pki.X509;
using EContract.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ApplicationId = EContract.Ca.Registration.ApplicationId;

namespace EContract.Bench.Ca;

/// <summary>A CA on a SoftHSM token and a private PostgreSQL, with the demonstration's hierarchy and a bare Kestrel endpoint beside it.</summary>
internal sealed class CaBed : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;
    private readonly NpgsqlDataSource _dataSource;

    private CaBed(PostgresDatabase database, TemporaryFolder folder, WebApplication app)
    {
        _database = database;
        _folder = folder;
        _app = app;
        _dataSource = NpgsqlDataSource.Create(database.ConnectionString);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<CaBed> StartAsync(Token token)
    {
        var database = await PostgresDatabase.CreateAsync();
        var folder = new TemporaryFolder();
        await new CeremonyRunner(folder.Path, new TokenKeyStore(token), ProfileCatalogue.Load(), TimeProvider.System).RunAsync(
            Demonstration.ReadCeremony(),
            CancellationToken.None
        );
        await token.GenerateSigningKeyAsync(new IssuanceOptions().EnrollmentKey, KeyAlgorithm.EcdsaP256, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["ConnectionStrings:Database"] = database.ConnectionString, ["Ca:Hierarchy"] = folder.Path }
        );
        builder.Services.AddSingleton(token);
        builder.Services.AddSingleton(_ => new AuditLog(database.ConnectionString));
        builder.Services.AddGrpcRuntime();
        builder.Services.AddCa(builder.Configuration.GetSection("Ca"));
        var app = builder.Build();
        app.MapCa();
        var answer = new byte[1100]; // about an OCSP response
        app.MapGet("/bare", () => Results.Bytes(answer, "application/ocsp-response"));
        await app.StartAsync();
        return new CaBed(database, folder, app);
    }

    /// <summary>Approved applications of as many new subscribers.</summary>
    public async Task<IReadOnlyList<ApplicationId>> ApproveAsync(int count)
    {
        var desk = Get<RegistrationDesk>();
        var applications = new List<ApplicationId>(count);
        for (var i = 0; i < count; i++)
        {
            var data = new SubscriberData(
                SubscriberKind.Individual,
                "計測 太郎",
                "ケイソク タロウ",
                "",
                "a@example.co.jp",
                "+819012345678"
            );
            var change = await desk.SubmitAsync(
                Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
                new RegisterSubscriber(data, "subscriber-individual"),
                "bench",
                "bench",
                Actor.Of("maker", ""),
                CancellationToken.None
            );
            change = await desk.ApproveAsync(change.Id, "", Actor.Of("approver", ""), CancellationToken.None);
            applications.Add(ApplicationId.TryParse(change.ApplicationId, out var id) ? id.Value : throw new FormatException());
        }

        return applications;
    }

    public async Task<IReadOnlyList<CertId>> IssueAsync(int count)
    {
        var issuer = Get<AuthorityRegistry>().Get("subscribers").Certificate;
        var ids = new List<CertId>(count);
        foreach (var application in await ApproveAsync(count))
        {
            ids.Add(CertId.For(issuer, SerialNumber.FromContent((await IssueAsync(application)).Row.Serial), HashAlgorithmName.SHA1));
        }

        return ids;
    }

    public async Task<IssuedCertificate> IssueAsync(ApplicationId application)
    {
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "bench");
        var algorithm = SigningKeys.SignatureAlgorithmOf(key.Algorithm);
        var prepared = new CertificationRequestInfo(
            DistinguishedName.Of(("CN", "bench")),
            SubjectPublicKeyInfo.Decode(key.SubjectPublicKeyInfo),
            []
        ).Prepare(algorithm);
        var request = prepared.Complete(await key.SignDataAsync(algorithm, prepared.ToBeSigned, CancellationToken.None));
        var enroller = (await Get<IKeyStore>().FindAsync(new IssuanceOptions().EnrollmentKey, CancellationToken.None))!;
        var vouched = EnrollmentProof.Encode(application.Value, key.SubjectPublicKeyInfo.Span);
        var proof = await enroller.SignDataAsync(SigningKeys.SignatureAlgorithmOf(enroller.Algorithm), vouched, CancellationToken.None);
        return await Get<CertificateIssuer>()
            .IssueAsync(application.Value, application, request.Encoded, proof, Actor.Of("signer", ""), CancellationToken.None);
    }

    /// <summary>Rows as issued certificates have them, up to <paramref name="count"/> in all, with the serials of <see cref="SerialOf"/>.</summary>
    public async Task FillAsync(string authority, int count, bool revoked)
    {
        // Filling is not what is measured; reading is the same.
        await RunAsync("ALTER TABLE ca.certificates SET UNLOGGED");
        await using var fill = _dataSource.CreateCommand(
            """
            INSERT INTO ca.certificates (authority, serial, state, profile, subject, not_before, not_after, shard, key_hash, plan, certificate,
                status, revoked_at, reason, planned_at, issued_at)
            SELECT $1, decode('0102030405060708090a0b0c' || lpad(to_hex(n), 8, '0'), 'hex'), 2, 'bench', 'CN=bench', now(), now() + interval '5 years',
                0, '\x00', '\x00', decode(repeat('00', 900), 'hex'), CASE WHEN $3 THEN 3 ELSE 1 END, CASE WHEN $3 THEN now() END,
                CASE WHEN $3 THEN 1 END, now(), now()
            FROM generate_series(0, $2 - 1) n ON CONFLICT DO NOTHING
            """
        );
        fill.CommandTimeout = 0;
        fill.Parameters.Add(new() { Value = authority });
        fill.Parameters.Add(new() { Value = count });
        fill.Parameters.Add(new() { Value = revoked });
        await fill.ExecuteNonQueryAsync();
        // What autovacuum does to a table that grew.
        await RunAsync("VACUUM ANALYZE ca.certificates");
    }

    private async Task RunAsync(string statement)
    {
        await using var command = _dataSource.CreateCommand(statement);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public static SerialNumber SerialOf(int n)
    {
        byte[] serial = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(serial.AsSpan(12), n);
        return SerialNumber.FromContent(serial);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _dataSource.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }
}
