using System.Net;
using EContract.Audit;
using EContract.Audit.Checkpoints;
using EContract.Ca;
using EContract.Grpc.Server;
using EContract.Hosting;
using EContract.Hosting.Clock;
using EContract.Hosting.Health;
using EContract.Hosting.Settings;
using EContract.Hsm;
using EContract.Proto.Ca.V1;
using EContract.Proto.Ra.V1;
using EContract.Proto.Tsa.V1;
using EContract.Signer;
using EContract.Tsa;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Npgsql;

namespace EContract.Server;

/// <summary>Puts the roles of this process together.</summary>
internal static class Composition
{
    public static void AddServer(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var options = configuration.Get<ServerOptions>() ?? new ServerOptions();
        Check(options);

        builder.AddEContractHosting(configuration);
        services.AddGrpcRuntime();
        services.AddAudit(configuration);
        services.AddSingleton(options);
        AddToken(services, configuration);
        AddDatabaseProbe(services, configuration);
        services.AddSingleton(provider => new RoleChannels(options, provider));

        if (options.Roles.Contains(Roles.Ca))
        {
            services.AddCa(configuration.GetSection("Ca"));
        }

        if (options.Roles.Contains(Roles.Tsa))
        {
            services.AddProvenClock(configuration.GetSection("Clock"));
            services.AddTsa(configuration.GetSection("Tsa"));
        }

        if (options.Roles.Contains(Roles.Signer))
        {
            services.AddSigner(configuration.GetSection("Signer"));
            services.AddSingleton(provider => new CertificateAuthorityService.CertificateAuthorityServiceClient(
                provider.GetRequiredService<RoleChannels>().ToCa()
            ));
            services.AddSingleton(provider => new RegistrationService.RegistrationServiceClient(
                provider.GetRequiredService<RoleChannels>().ToCa()
            ));
        }

        if (options.Roles.Contains(Roles.Tsa) || options.Peers.Tsa is not null)
        {
            services.AddSingleton(provider => new TimestampService.TimestampServiceClient(
                provider.GetRequiredService<RoleChannels>().ToTsa()
            ));
            services.AddSingleton<ICheckpointTimestamper, GrpcTimestamper>();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseGrpcLimits();
            kestrel.Listen(IPEndPoint.Parse(options.Endpoints.Grpc), listen => listen.UseMutualTls());
            kestrel.Listen(IPEndPoint.Parse(options.Endpoints.Http), listen => listen.Protocols = HttpProtocols.Http1);
        });
    }

    public static void MapServer(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<ServerOptions>();
        app.MapEContractHosting();
        app.MapGrpcHealthService();
        app.MapGrpcReflectionService();
        app.MapAudit();
        if (options.Roles.Contains(Roles.Ca))
        {
            app.MapCa();
        }

        if (options.Roles.Contains(Roles.Tsa))
        {
            app.MapTsa();
        }

        if (options.Roles.Contains(Roles.Signer))
        {
            app.MapSigner();
        }

        app.Lifetime.ApplicationStarted.Register(() =>
            Console.WriteLine($"ready: gRPC https://{options.Endpoints.Grpc}, HTTP http://{options.Endpoints.Http}")
        );
    }

    private static void AddToken(IServiceCollection services, ConfigurationManager configuration)
    {
        // OpenAsync works on a thread of its own, so that waiting for it here can't dead-lock.
        services.AddSingleton(provider =>
            Token
                .OpenAsync(
                    configuration.GetSection("Token").Get<TokenOptions>() ?? new TokenOptions(),
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<Token>>(),
                    CancellationToken.None
                )
                .GetAwaiter()
                .GetResult()
        );
        services.AddSingleton<FindAuditKey>(provider => provider.GetRequiredService<Token>().FindSigningKeyAsync);
        services.AddHealthProbe(
            "token",
            (provider, _) =>
            {
                var health = provider.GetRequiredService<Token>().Health;
                return ValueTask.FromResult(
                    health.State switch
                    {
                        TokenState.Ready => HealthFinding.Healthy(health.Reason),
                        TokenState.Degraded or TokenState.Recovering => HealthFinding.Degraded(health.Reason),
                        _ => HealthFinding.Unhealthy(health.Reason),
                    }
                );
            }
        );
    }

    private static void AddDatabaseProbe(IServiceCollection services, ConfigurationManager configuration) =>
        services.AddHealthProbe(
            "database",
            async (_, cancellationToken) =>
            {
                await using var connection = new NpgsqlConnection(configuration.GetConnectionString("Database"));
                try
                {
                    await connection.OpenAsync(cancellationToken);
                    return HealthFinding.Healthy($"PostgreSQL {connection.PostgreSqlVersion} answers.");
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    return HealthFinding.Unhealthy($"The database does not answer: {e.Message}");
                }
            }
        );

    private static void Check(ServerOptions options)
    {
        var errors = new SettingErrors();
        if (options.Roles.Count == 0)
        {
            errors.Add("Roles", "is empty", $"one or more of {string.Join(", ", Roles.All)}");
        }

        foreach (var role in options.Roles.Except(Roles.All))
        {
            errors.Add("Roles", $"names the unknown role '{role}'", $"one or more of {string.Join(", ", Roles.All)}");
        }

        foreach (var (name, value) in new[] { ("Grpc", options.Endpoints.Grpc), ("Http", options.Endpoints.Http) })
        {
            if (!IPEndPoint.TryParse(value, out var endpoint) || endpoint.Port == 0)
            {
                errors.Below("Endpoints").Add(name, $"'{value}' is not an address", "an IP address and port, for example '127.0.0.1:7443'");
            }
        }

        if (options.Roles.Contains(Roles.Signer))
        {
            RequirePeer(options, errors, Roles.Ca, options.Peers.Ca);
            RequirePeer(options, errors, Roles.Tsa, options.Peers.Tsa);
        }

        if (errors.Found.Count > 0)
        {
            throw new SettingsException(errors.Found);
        }
    }

    private static void RequirePeer(ServerOptions options, SettingErrors errors, string role, string? address)
    {
        if (options.Roles.Contains(role))
        {
            return;
        }

        var peers = errors.Below("Peers");
        if (address is null)
        {
            peers.Add(role, "is missing", "the address of a process with that role, or the role itself in Roles");
        }

        foreach (
            var (name, file) in new[]
            {
                ("Certificate", options.Peers.Certificate),
                ("Key", options.Peers.Key),
                ("Anchors", options.Peers.Anchors),
            }
        )
        {
            if (file is null || !File.Exists(file))
            {
                peers.Add(name, file is null ? "is missing" : $"'{file}' does not exist", "a PEM file");
            }
        }
    }
}
