using System.Globalization;
using EContract.Audit;
using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Issuance;
using EContract.Ca.Profiles;
using EContract.Ca.Registration;
using EContract.Ca.Revocation;
using EContract.Grpc.Server;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Pkcs10;
using EContract.Pki.X509;
using EContract.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EContract.Ca.Tests;

/// <summary>A whole CA role on a loopback port: database, hierarchy of the demonstration, keys in memory. Several nodes may share one.</summary>
public sealed class CaHost : IAsyncDisposable
{
    public static readonly Actor Maker = Actor.Of("ra-maker", "sato");
    public static readonly Actor Approver = Actor.Of("ra-approver", "suzuki");
    public static readonly Actor Service = Actor.Of("signer", "");

    private readonly Shared _shared;
    private readonly WebApplication _app;
    private readonly bool _owner;

    private CaHost(Shared shared, WebApplication app, bool owner)
    {
        _shared = shared;
        _app = app;
        _owner = owner;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public string Folder => _shared.Folder.Path;

    public string ConnectionString => _shared.Database.ConnectionString;

    public MemoryKeyStore Keys => _shared.Keys;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <param name="baseUrl">What certificates name as the repository; served there, if it is an address of this machine.</param>
    public static async Task<CaHost> StartAsync(
        Action<Dictionary<string, string?>>? configure = null,
        TimeProvider? time = null,
        string? baseUrl = null,
        bool listen = true
    )
    {
        var shared = new Shared(await PostgresDatabase.CreateAsync(), new TemporaryFolder(), new MemoryKeyStore());
        var runner = new CeremonyRunner(shared.Folder.Path, shared.Keys, ProfileCatalogue.Load(), time ?? TimeProvider.System);
        await runner.RunAsync(baseUrl is null ? Demonstration.ReadCeremony() : Demonstration.ReadCeremony(baseUrl), CancellationToken.None);
        await MakeEnrollmentKeyAsync(shared.Keys);
        return await StartNodeAsync(shared, configure, time, owner: true, listen && baseUrl is not null ? new Uri(baseUrl) : null);
    }

    /// <summary>Another node on the same database and keys.</summary>
    public Task<CaHost> StartSiblingAsync(Action<Dictionary<string, string?>>? configure = null) =>
        StartNodeAsync(_shared, configure, null, owner: false);

    private static async Task<CaHost> StartNodeAsync(
        Shared shared,
        Action<Dictionary<string, string?>>? configure,
        TimeProvider? time,
        bool owner,
        Uri? address = null
    )
    {
        var app = await BuildAsync(shared.Database.ConnectionString, shared.Folder.Path, shared.Keys, configure, time, address);
        return new CaHost(shared, app, owner);
    }

    /// <summary>A node by itself, started.</summary>
    public static async Task<WebApplication> BuildAsync(
        string connectionString,
        string folder,
        IKeyStore keys,
        Action<Dictionary<string, string?>>? configure = null,
        TimeProvider? time = null,
        Uri? address = null
    )
    {
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:Database"] = connectionString, ["Ca:Hierarchy"] = folder };
        configure?.Invoke(settings);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address?.GetLeftPart(UriPartial.Authority) ?? "http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(keys);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(_ => new AuditLog(connectionString));
        builder.Services.AddGrpcRuntime();
        builder.Services.AddCa(builder.Configuration.GetSection("Ca"));
        var app = builder.Build();
        if (address is { AbsolutePath.Length: > 1 })
        {
            app.UsePathBase(address.AbsolutePath);
            app.UseRouting();
        }

        app.MapCa();
        await app.StartAsync();
        return app;
    }

    /// <summary>Registers an individual with an approved application.</summary>
    public async Task<Change> RegisterAsync(string name = "山田 太郎", string profile = "subscriber-individual")
    {
        var data = SubscriberDataFor(name);
        var change = await Get<RegistrationDesk>()
            .SubmitAsync(
                NewRequestId(),
                new RegisterSubscriber(data, profile),
                "口座開設",
                "受付番号 2026-000123",
                Maker,
                CancellationToken.None
            );
        return await Get<RegistrationDesk>().ApproveAsync(change.Id, "", Approver, CancellationToken.None);
    }

    /// <summary>Registers and issues.</summary>
    public async Task<(Certificate Certificate, Change Change)> IssueAsync(string name = "山田 太郎")
    {
        var change = await RegisterAsync(name);
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "subscriber");
        var issued = await IssueAsync(change.ApplicationId!, key);
        return (Certificate.Decode(issued.Row.Certificate!), change);
    }

    public async Task<IssuedCertificate> IssueAsync(string applicationId, ISigningKey key, string requestId = "") =>
        await Get<CertificateIssuer>()
            .IssueAsync(
                requestId.Length > 0 ? requestId : NewRequestId(),
                ApplicationIdOf(applicationId),
                CreateRequest(key).Encoded,
                await ProveAsync(Keys, applicationId, key),
                Service,
                CancellationToken.None
            );

    public async Task<Change> ChangeAsync(ChangeOperation operation)
    {
        var change = await Get<RegistrationDesk>()
            .SubmitAsync(NewRequestId(), operation, "依頼", "受付番号 1", Maker, CancellationToken.None);
        return await Get<RegistrationDesk>().ApproveAsync(change.Id, "", Approver, CancellationToken.None);
    }

    public Task<Change> RevokeAsync(Certificate certificate, Pki.Crl.CrlReason reason = Pki.Crl.CrlReason.KeyCompromise) =>
        ChangeAsync(new RevokeCertificate(certificate.Tbs.SerialNumber.ToString(), reason, null));

    public static Ca.Registration.ApplicationId ApplicationIdOf(string text) =>
        Ca.Registration.ApplicationId.TryParse(text, out var id) ? id.Value : throw new FormatException(text);

    public static CertificationRequest CreateRequest(ISigningKey key)
    {
        var algorithm = SigningKeys.SignatureAlgorithmOf(key.Algorithm);
        var prepared = new CertificationRequestInfo(
            DistinguishedName.Of(("CN", "applicant")),
            SubjectPublicKeyInfo.Decode(key.SubjectPublicKeyInfo),
            []
        ).Prepare(algorithm);
        return prepared.Complete(key.SignDataAsync(algorithm, prepared.ToBeSigned, CancellationToken.None).GetAwaiter().GetResult());
    }

    /// <summary>What the Signer's token vouches with.</summary>
    public static async Task<byte[]> ProveAsync(IKeyStore token, string applicationId, ISigningKey key)
    {
        var enroller = (await token.FindAsync(new IssuanceOptions().EnrollmentKey, CancellationToken.None))!;
        var bytes = EnrollmentProof.Encode(applicationId, key.SubjectPublicKeyInfo.Span);
        return await enroller.SignDataAsync(SigningKeys.SignatureAlgorithmOf(enroller.Algorithm), bytes, CancellationToken.None);
    }

    /// <summary>What <c>econtract token signer-keys</c> does for the CA's part.</summary>
    public static Task<ISigningKey> MakeEnrollmentKeyAsync(IKeyStore token) =>
        token.GenerateAsync(new IssuanceOptions().EnrollmentKey, KeyAlgorithm.EcdsaP256, CancellationToken.None);

    public static SubscriberData SubscriberDataFor(string name) =>
        new(
            SubscriberKind.Individual,
            name,
            "ヤマダ タロウ",
            "YAMADA TARO",
            "taro@example.co.jp",
            "+819012345678",
            CustomerNumber: Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)
        );

    public static string NewRequestId() => Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);

    /// <summary>The path of a file that the ceremony wrote.</summary>
    public string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>Fetches from this node and writes to a file for a foreign tool.</summary>
    public async Task<string> DownloadAsync(string path, string name)
    {
        var bytes = await Http.GetByteArrayAsync(new Uri(path, UriKind.Relative));
        return _shared.Folder.Write(name, bytes);
    }

    public string Write(string name, ReadOnlySpan<byte> bytes) => _shared.Folder.Write(name, bytes);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_owner)
        {
            await _shared.Database.DisposeAsync();
            _shared.Keys.Dispose();
            _shared.Folder.Dispose();
        }
    }

    private sealed record Shared(PostgresDatabase Database, TemporaryFolder Folder, MemoryKeyStore Keys);
}
