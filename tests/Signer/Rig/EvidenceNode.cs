using EContract.Audit;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EContract.Signer.Tests.Rig;

/// <summary>A Signer of which only the archive's evidence and its schedule run: it needs no token.</summary>
public sealed class EvidenceNode : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly TestHierarchy _hierarchy = new();
    private readonly FakeTsa _tsa;

    private EvidenceNode(string connectionString, Dictionary<string, string?> settings)
    {
        _tsa = new FakeTsa(_hierarchy);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Database"] = connectionString });
        var roles = new ServiceCollection();
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new AuditLog(connectionString, new AuditOptions { Node = $"node-{Guid.NewGuid():N}" }));
        builder.Services.AddSingleton<ITimestampAuthority>(_tsa);
        roles.AddSigner(builder.Configuration.GetSection("Signer"), builder.Configuration);
        // All but the workers of signing and enrolment, which would want a token and other roles.
        foreach (var service in roles.Where(s => s.ServiceType != typeof(IHostedService) || IsOfArchive(s)))
        {
            builder.Services.Add(service);
        }

        builder.Services.AddSingleton<ITimestampAuthority>(_tsa);
        _host = builder.Build();
    }

    public int Tokens => _tsa.Tokens;

    /// <param name="settings">Of sections <c>Signer:Evidence</c> and <c>Signer:Jobs</c>, by full name.</param>
    public static async Task<EvidenceNode> StartAsync(string connectionString, Dictionary<string, string?> settings)
    {
        var node = new EvidenceNode(connectionString, settings);
        await node._host.StartAsync();
        return node;
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public Task<SignerContext> OpenDatabaseAsync() => Get<SignerDatabase>().OpenAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _tsa.Dispose();
        _hierarchy.Dispose();
    }

    private static bool IsOfArchive(ServiceDescriptor service) =>
        service.ImplementationType is { } type
            ? type.Namespace == typeof(SignerDatabase).Namespace
                || type.Namespace == typeof(IArchiveJob).Namespace
                || type.Namespace!.StartsWith("Quartz", StringComparison.Ordinal)
            : service.ImplementationFactory?.Method.DeclaringType?.Assembly.GetName().Name == "Quartz";
}
