using EContract.Audit;
using EContract.Grpc.InProcess;
using EContract.Grpc.Server;
using EContract.Hosting.Callers;
using EContract.Hosting.Clock;
using EContract.Hosting.Health;
using EContract.Hosting.PlainHttp;
using EContract.Hosting.Settings;
using EContract.Hsm;
using EContract.Tsa.Evidence;
using EContract.Tsa.Grpc;
using EContract.Tsa.Http;
using EContract.Tsa.Serials;
using EContract.Tsa.Tokens;
using EContract.Tsa.Units;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace EContract.Tsa;

/// <summary>Puts the time-stamp authority into a host.</summary>
public static class TsaRole
{
    /// <summary>Who may call the gRPC service.</summary>
    public static RpcPolicy Policy { get; } =
        new RpcPolicy()
            .Admit("/econtract.tsa.v1.TimestampService/Timestamp", Role.Portal, Role.Archive, Role.Service, Role.Load, Role.Admin)
            .Admit("/econtract.tsa.v1.TimestampService/CreateTimestamp", Role.Portal, Role.Archive, Role.Service, Role.Load, Role.Admin);

    /// <summary>
    /// The host brings the <see cref="Token"/> (or a <see cref="FindSigningKey"/>), the <see cref="AuditLog"/> (or a
    /// <see cref="RecordTsaEvent"/>) and an <see cref="IProvenClock"/>.
    /// </summary>
    /// <param name="section">Binds <see cref="TsaOptions"/>; a wrong configuration stops the start with every problem named.</param>
    public static void AddTsa(this IServiceCollection services, IConfiguration section)
    {
        services.AddSettings<TsaOptions>(section);
        services
            .AddOptions<TsaOptions>()
            .PostConfigure<IConfiguration>(
                (options, all) =>
                    options.ConnectionString =
                        options.ConnectionString.Length > 0 ? options.ConnectionString : all.GetConnectionString("Database") ?? ""
            )
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TsaOptions>, TsaOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(Policy);

        services.TryAddSingleton<FindSigningKey>(provider => provider.GetRequiredService<Token>().FindSigningKeyAsync);
        services.TryAddSingleton(provider => AuditTrail.Into(provider.GetRequiredService<AuditLog>()));
        services.AddSingleton(provider => ClockEvidence.Into(provider.GetRequiredService<RecordTsaEvent>()));
        services.AddSingleton<TsaHealth>();
        services.AddHealthProbe("tsa", (provider, _) => ValueTask.FromResult(provider.GetRequiredService<TsaHealth>().Judge()));
        services.AddSingleton<TsaMeter>();
        services.AddSingleton<SerialSource>();
        services.AddSingleton<TsuKeyLoader>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton(provider =>
        {
            TsaOptions options = provider.GetRequiredService<IOptions<TsaOptions>>().Value;
            var clock = provider.GetRequiredService<IProvenClock>();
            return new TsuDirectory(options.Path, [.. options.Units.Select(unit => new Tsu(unit, clock))]);
        });
        services.AddSingleton(provider =>
        {
            TsaOptions options = provider.GetRequiredService<IOptions<TsaOptions>>().Value;
            return new SigningGate(options.Concurrency, options.MaxQueue, options.QueueTimeout);
        });
        services.AddSingleton(provider => new TimestampAuthority(
            provider.GetRequiredService<TokenIssuer>(),
            provider.GetRequiredService<SigningGate>(),
            provider.GetRequiredService<TsaMeter>()
        ));
        services.AddPlainHttp(provider => new PlainRoutes(
            [.. PlainListeners(provider)],
            provider.GetRequiredService<IOptions<TsaOptions>>().Value.Concurrency
        ));

        services.AddHostedService<SerialLease>();
        services.AddHostedService<TsuRotation>();
        services.AddHostedService<SerialEvidence>();
        services.AddHostedService<TimeEvidence>();
    }

    /// <summary>Serves the gRPC service to the other roles of this process, without sockets.</summary>
    public static void ServeInProcess(this InProcessServer server, IServiceProvider services) => server.AddService<TimestampApi>(services);

    /// <summary>Maps the HTTP addresses and the gRPC service.</summary>
    public static void MapTsa(this IEndpointRouteBuilder app)
    {
        IServiceProvider services = app.ServiceProvider;
        new TsaEndpoints(
            services.GetRequiredService<TimestampAuthority>(),
            services.GetRequiredService<TsuDirectory>(),
            services.GetRequiredService<IProvenClock>(),
            services.GetRequiredService<IOptions<TsaOptions>>().Value.MaxQueryBytes
        ).Map(app);
        app.MapGrpcService<TimestampApi>();
    }

    private static IEnumerable<PlainRoute> PlainListeners(IServiceProvider provider)
    {
        var directory = provider.GetRequiredService<TsuDirectory>();
        var authority = provider.GetRequiredService<TimestampAuthority>();
        int maxQueryBytes = provider.GetRequiredService<IOptions<TsaOptions>>().Value.MaxQueryBytes;
        return directory.Listeners.Select(listener => new PlainTimestamps(authority, listener, maxQueryBytes));
    }
}
