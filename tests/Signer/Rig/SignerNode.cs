using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hsm.Keys;
using EContract.Signer.Activation;
using EContract.Signer.Delivery;
using EContract.Signer.Documents;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Parties;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Signer.Tests.Rig;

/// <summary>One Signer as the host would compose it, with the bank's authorities instead of gRPC clients.</summary>
public sealed class SignerNode : IAsyncDisposable
{
    public const string Pin = "s4kuraM0chi";

    public static readonly CallOrigin Portal = new("portal", "test");

    private readonly ServiceProvider _services;
    private readonly TemporaryFolder _spool = new();
    private readonly List<IHostedService> _running = [];
    private int _requests;

    private SignerNode(Bank bank, CyclePoints? points, Action<SignerOptions>? change)
    {
        Bank = bank;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Database"] = bank.Database.ConnectionString })
            .Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(TestRunLog.Provider));
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(bank.Time);
        services.AddSingleton(bank.Token);
        services.AddSingleton(new AuditLog(bank.Database.ConnectionString, new AuditOptions { Node = $"node-{Guid.NewGuid():N}" }));
        services.AddSingleton<ICertificateAuthority>(bank.Ca);
        services.AddSingleton<IRegistrationAuthority>(bank.Ca);
        services.AddSingleton<ITimestampAuthority>(bank.Tsa);
        services.AddSingleton(points ?? new CyclePoints());
        services.AddSigner(configuration.GetSection("Signer"));
        services.AddSingleton<IEnumerable<IOtpSender>>([bank.Mail, bank.Sms]);
        services.PostConfigure<SignerOptions>(options =>
        {
            options.Documents.Spool = _spool.Path;
            options.Vault.Rounds = 10;
            options.DefaultKeyAlgorithm = KeyAlgorithm.EcdsaP256;
            change?.Invoke(options);
        });
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = false });
    }

    public Bank Bank { get; }

    public EnrollmentDesk Enrollments => Get<EnrollmentDesk>();

    public CredentialDesk Credentials => Get<CredentialDesk>();

    public ChallengeDesk Challenges => Get<ChallengeDesk>();

    public SigningDesk Desk => Get<SigningDesk>();

    public SigningCycle Cycle => Get<SigningCycle>();

    public ActivationLedger Ledger => Get<ActivationLedger>();

    public DocumentStore Documents => Get<DocumentStore>();

    public SealSessions Seals => Get<SealSessions>();

    public SealDesk Sealing => Get<SealDesk>();

    public static async Task<SignerNode> StartAsync(Bank bank, CyclePoints? points, Action<SignerOptions>? change)
    {
        var node = new SignerNode(bank, points, change);
        // The schema only; feeds and sweeps run when a test asks for them.
        await node._services.GetServices<IHostedService>().First().StartAsync(CancellationToken.None);
        return node;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<SignerContext> OpenDatabaseAsync() => Get<SignerDatabase>().OpenAsync(CancellationToken.None);

    /// <summary>Starts the feeds from CA and RA.</summary>
    public async Task StartFeedsAsync()
    {
        foreach (var feed in _services.GetServices<IHostedService>().Where(s => s is StandingFeed or RegistrationFeed))
        {
            await feed.StartAsync(CancellationToken.None);
            _running.Add(feed);
        }
    }

    public RequestKey Request(string? id = null, CallOrigin? call = null) =>
        new((call ?? Portal).Caller, id ?? $"r{Interlocked.Increment(ref _requests)}-{Guid.NewGuid():N}", SHA256.HashData("content"u8));

    /// <summary>A subscriber who has enrolled and accepted his certificate.</summary>
    public async Task<Credential> EnrollAsync(
        string name = "山田太郎",
        bool seal = false,
        KeyAlgorithm? algorithm = null,
        string? replaces = null
    )
    {
        var issued = await EnrollUnacceptedAsync(name, seal, algorithm, replaces);
        return await Enrollments.AcceptAsync(Portal, issued.Id, Pin, CancellationToken.None);
    }

    public async Task<Credential> EnrollUnacceptedAsync(
        string name = "山田太郎",
        bool seal = false,
        KeyAlgorithm? algorithm = null,
        string? replaces = null
    )
    {
        var application = Bank.Ca.Approve(name, seal, replaces);
        var (enrollment, _) = await Enrollments.BeginAsync(
            Portal,
            Request(),
            application.Id,
            OtpMethod.Email,
            "ja",
            CancellationToken.None
        );
        return await Enrollments.CompleteAsync(Portal, enrollment.Id, Bank.Mail.Code, Pin, algorithm, CancellationToken.None);
    }

    public async Task<ActivationRow> BeginAsync(Credential credential, params SigningOrder[] orders) =>
        (await Desk.BeginAsync(Portal, Request(), credential.Id, orders, "ja", CancellationToken.None)).Activation;

    public async Task<ActivationRow> CompleteAsync(ActivationRow activation, string? otp = null, string pin = Pin, CallOrigin? call = null)
    {
        using var secret = SecretBytes.FromText(TestRunLog.Secret(pin));
        return await Cycle.CompleteAsync(call ?? Portal, activation.Id, otp ?? Bank.Mail.Code, secret, CancellationToken.None);
    }

    public async Task<SealSession> OpenSealAsync(Credential credential, int signatures = 100)
    {
        var begun = await Seals.BeginAsync(Portal, Guid.NewGuid().ToString("N"), credential.Id, CancellationToken.None);
        using var pin = SecretBytes.FromText(TestRunLog.Secret(Pin));
        var opened = await Seals.OpenAsync(
            Portal,
            begun.ChallengeId,
            Bank.Mail.Code,
            pin,
            signatures,
            TimeSpan.FromMinutes(10),
            CancellationToken.None
        );
        return opened.Session!;
    }

    public Task<StoredDocument> UploadAsync(byte[] pdf, string name = "契約書.pdf", params DeclaredParty[] parties) =>
        Documents.AddAsync(Portal, name, pdf.Length, parties, Once(pdf), _ => { }, CancellationToken.None);

    public async Task<byte[]> ReadAsync(DocumentId id, int? version = null)
    {
        var document = await Documents.FindAsync(Portal.Caller, id, version, CancellationToken.None);
        using var content = new MemoryStream();
        await foreach (var chunk in Documents.ReadAsync(document, 64 * 1024, CancellationToken.None))
        {
            content.Write(chunk.Span);
        }

        return content.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running)
        {
            await service.StopAsync(CancellationToken.None);
        }

        await Seals.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _spool.Dispose();
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Once(byte[] content)
    {
        await Task.CompletedTask;
        yield return content;
    }
}
