using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit;
using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Profiles;
using EContract.Grpc.Client;
using EContract.Grpc.Server;
using EContract.Hosting;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Proto.Ca.V1;
using EContract.Proto.Ra.V1;
using EContract.TestKit;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EContract.Ca.Tests.Grpc;

/// <summary>
/// The role behind its whole edge: mutual TLS on a socket, named callers with roles and organisations. Certificates are those of the
/// demonstration's ceremony; "archive" stands for the Signer, "load" for a branch that may act for one organisation only.
/// </summary>
public sealed class CaEdge : IAsyncLifetime
{
    public const string Branch = "株式会社支店";
    public const string BranchNumber = "7000012050002";

    private readonly TemporaryFolder _folder = new();
    private readonly MemoryKeyStore _keys = new();
    private readonly List<GrpcChannel> _channels = [];
    private PostgresDatabase _database = null!;
    private WebApplication _app = null!;

    public RegistrationService.RegistrationServiceClient Maker => new(Invoker("ra-maker"));

    public RegistrationService.RegistrationServiceClient Approver => new(Invoker("ra-approver"));

    /// <summary>Maker, approver and auditor of one organisation.</summary>
    public RegistrationService.RegistrationServiceClient BranchDesk => new(Invoker("load"));

    public CertificateAuthorityService.CertificateAuthorityServiceClient BranchCa => new(Invoker("load"));

    public RegistrationService.RegistrationServiceClient Auditor => new(Invoker("auditor"));

    public CertificateAuthorityService.CertificateAuthorityServiceClient Admin => new(Invoker("admin"));

    public CertificateAuthorityService.CertificateAuthorityServiceClient Signer => new(Invoker("archive"));

    public RegistrationService.RegistrationServiceClient SignerRa => new(Invoker("archive"));

    public CertificateAuthorityService.CertificateAuthorityServiceClient Portal => new(Invoker("portal"));

    public IKeyStore Keys => _keys;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        var runner = new CeremonyRunner(_folder.Path, _keys, ProfileCatalogue.Load(), TimeProvider.System);
        await runner.RunAsync(Demonstration.ReadCeremony(), CancellationToken.None);
        await CaHost.MakeEnrollmentKeyAsync(_keys);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:Database"] = _database.ConnectionString,
                ["Ca:Hierarchy"] = _folder.Path,
                ["Tls:Certificate"] = PathOf("tls/server.crt"),
                ["Tls:Key"] = PathOf("tls/server.key"),
                ["Tls:ClientAnchors"] = PathOf("pki/infrastructure.pem"),
                ["Log:File"] = PathOf("server.log"),
            }
        );
        builder.Configuration.AddInMemoryCollection(Callers());
        builder.AddEContractHosting(builder.Configuration);
        builder.Services.AddGrpcRuntime();
        builder.Services.AddSingleton<IKeyStore>(_keys);
        builder.Services.AddSingleton(_ => new AuditLog(_database.ConnectionString));
        builder.Services.AddCa(builder.Configuration.GetSection("Ca"));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseMutualTls()));
        _app = builder.Build();
        _app.MapCa();
        await _app.StartAsync();
    }

    /// <summary>Registers an employee of an organisation with an approved application, by the head office.</summary>
    public async Task<Change> RegisterAsync(SubscriberData data, string profile = "subscriber-individual")
    {
        var submitted = await Maker.SubmitChangeAsync(
            Submission(
                new()
                {
                    Register = new() { Data = data, CertificateProfile = profile },
                }
            )
        );
        return (await Approver.ApproveChangeAsync(new() { ChangeId = submitted.Change.ChangeId, Note = "確認済" })).Change;
    }

    /// <summary>Registers an employee with the branch's own two operators.</summary>
    public async Task<Change> RegisterAtBranchAsync(SubscriberData data)
    {
        var register = new ChangeOperation
        {
            Register = new() { Data = data, CertificateProfile = "subscriber-employee" },
        };
        var change = (await BranchDesk.SubmitChangeAsync(Submission(register, "sato"))).Change;
        return (await BranchDesk.ApproveChangeAsync(new() { ChangeId = change.ChangeId, Operator = "suzuki" })).Change;
    }

    public async Task<Change> ChangeAsync(ChangeOperation operation)
    {
        var submitted = await Maker.SubmitChangeAsync(Submission(operation));
        return (await Approver.ApproveChangeAsync(new() { ChangeId = submitted.Change.ChangeId })).Change;
    }

    /// <summary>Has a new key certified as the Signer does.</summary>
    public async Task<Certificate> IssueAsync(string applicationId)
    {
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        return (await Signer.IssueCertificateAsync(await RequestAsync(applicationId, key))).Certificate;
    }

    public async Task<IssueCertificateRequest> RequestAsync(string applicationId, ISigningKey key) =>
        new()
        {
            RequestId = NewId(),
            ApplicationId = applicationId,
            CertificationRequest = ByteString.CopyFrom(CaHost.CreateRequest(key).Encoded.Span),
            EnrollmentProof = ByteString.CopyFrom(await CaHost.ProveAsync(_keys, applicationId, key)),
        };

    public static SubmitChangeRequest Submission(ChangeOperation operation, string person = "") =>
        new()
        {
            RequestId = NewId(),
            Operation = operation,
            Reason = "依頼",
            PaperReference = "受付番号 2026-000123",
            Operator = person,
        };

    public static SubscriberData Individual(string name, string kana = "ヤマダ タロウ", string email = "taro@example.co.jp") =>
        new()
        {
            Kind = SubscriberKind.Individual,
            Name = name,
            Kana = kana,
            RomanisedName = "YAMADA TARO",
            Email = email,
            Mobile = "+819012345678",
        };

    public static SubscriberData Employee(string name, string organisation = Branch, string corporateNumber = BranchNumber)
    {
        var data = Individual(name);
        data.Kind = SubscriberKind.Employee;
        data.Organisation = new()
        {
            Name = organisation,
            RomanisedName = "BRANCH K.K.",
            CorporateNumber = corporateNumber,
            Role = "部長",
        };
        return data;
    }

    public static string NewId() => Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);

    /// <summary>The call is refused on the wire with this very reason code.</summary>
    public static async Task RefusedAsync(Fault fault, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(fault, RemoteFault.Find(refused));
        Assert.Equal(fault.Status(), refused.StatusCode);
    }

    /// <summary>A channel with the certificate of one of the demonstration's callers.</summary>
    public CallInvoker Invoker(string caller)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(PathOf("pki/root.pem"));
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var channel = GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions
            {
                ClientCertificate = X509Certificate2.CreateFromPemFile(PathOf($"callers/{caller}.crt"), PathOf($"callers/{caller}.key")),
                TrustedRoots = roots,
            }
        );
        lock (_channels)
        {
            _channels.Add(channel);
        }

        return channel.CreateCallInvoker();
    }

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(c => c.Dispose());
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        _keys.Dispose();
        _folder.Dispose();
    }

    private string PathOf(string file) => Path.Combine(_folder.Path, file);

    private static IEnumerable<KeyValuePair<string, string?>> Callers()
    {
        (string Certificate, string Name, string[] Roles, string[] Organisations)[] callers =
        [
            ("portal", "portal", ["portal"], []),
            ("ra-maker", "ra-maker", ["ra-maker"], []),
            ("ra-approver", "ra-approver", ["ra-approver"], []),
            ("auditor", "auditor", ["auditor"], []),
            ("admin", "admin", ["admin"], []),
            ("archive", "signer", ["service"], []),
            ("load", "branch", ["ra-maker", "ra-approver", "auditor", "admin", "service"], [Branch, BranchNumber]),
        ];
        foreach (var (i, caller) in callers.Index())
        {
            yield return new($"Callers:{i}:Name", caller.Name);
            yield return new($"Callers:{i}:CommonName", caller.Certificate);
            foreach (var (j, role) in caller.Roles.Index())
            {
                yield return new($"Callers:{i}:Roles:{j}", role);
            }

            foreach (var (j, organisation) in caller.Organisations.Index())
            {
                yield return new($"Callers:{i}:Organisations:{j}", organisation);
            }
        }
    }
}
