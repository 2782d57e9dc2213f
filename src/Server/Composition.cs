using System.Net;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit;
using EContract.Audit.Checkpoints;
using EContract.Ca;
using EContract.Ca.Grpc;
using EContract.Grpc.Server;
using EContract.Hosting;
using EContract.Hosting.Callers.Revocation;
using EContract.Hosting.Clock;
using EContract.Hosting.Health;
using EContract.Hosting.PlainHttp;
using EContract.Hosting.Settings;
using EContract.Hsm;
using EContract.Proto.Ca.V1;
using EContract.Proto.Ra.V1;
using EContract.Proto.Tsa.V1;
using EContract.Server.Grpc;
using EContract.Signer;
using EContract.Signer.Grpc;
using EContract.Tsa;
using EContract.Validation;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EContract.Server;

/// <summary>Puts the roles of this process together.</summary>
internal static class Composition
{
    public static void AddServer(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var options = configuration.Get<ServerOptions>() ?? new ServerOptions();
        services.AddSettings<List<string>>(configuration, "Roles", ServerSettings.CheckRoles);
        services.AddSettings<EndpointOptions>(configuration, "Endpoints", ServerSettings.CheckEndpoints);
        services.AddSettings<PeerOptions>(
            configuration,
            "Peers",
            (peers, errors) => ServerSettings.CheckPeers(peers, options.Roles, errors)
        );
        services.AddSettings<DatabaseOptions>(configuration, "ConnectionStrings", ServerSettings.CheckDatabase);
        services.AddSettings<TokenOptions>(
            configuration,
            "Token",
            (token, errors) => ServerSettings.CheckToken(token, options.Roles, errors)
        );

        builder.AddEContractHosting(configuration);
        services.AddGrpcRuntime();
        services.AddUnservedMethods([
            (Roles.Ca, CaPolicy.Create()),
            (Roles.Tsa, TsaRole.Policy),
            (Roles.Signer, SignerPolicy.Create()),
            (Roles.Validation, ValidationRole.Policy),
        ]);
        services.AddAudit(configuration);
        services.AddSingleton(options);
        AddToken(services);
        AddDatabaseProbe(services, configuration);
        services.AddSingleton(provider => new RoleChannels(options, provider));
        AddPeerProbe(services, options.Peers);

        if (options.Roles.Contains(Roles.Ca))
        {
            services.AddCa(configuration.GetSection("Ca"));
        }
        else if (services.AddCallerCrls(configuration) && options.Peers.Ca is not null)
        {
            // The lists are the ground; what the CA tells in between takes effect at once.
            services.AddHostedService(provider => new CallerStatusWatch(
                new CertificateAuthorityService.CertificateAuthorityServiceClient(provider.GetRequiredService<RoleChannels>().ToCa()),
                provider.GetRequiredService<CallerCrls>(),
                provider.GetRequiredService<ILogger<CallerStatusWatch>>()
            ));
        }

        if (options.Roles.Contains(Roles.Tsa))
        {
            services.AddProvenClock(configuration.GetSection("Clock"));
            services.AddTsa(configuration.GetSection("Tsa"));
        }

        if (options.Roles.Contains(Roles.Signer))
        {
            services.AddSigner(configuration.GetSection("Signer"), configuration);
            services.AddSingleton(provider => new CertificateAuthorityService.CertificateAuthorityServiceClient(
                provider.GetRequiredService<RoleChannels>().ToCa()
            ));
            services.AddSingleton(provider => new RegistrationService.RegistrationServiceClient(
                provider.GetRequiredService<RoleChannels>().ToCa()
            ));
        }

        if (options.Roles.Contains(Roles.Validation))
        {
            services.AddValidation(configuration.GetSection("Validation"));
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
            // This runs while the host is built, before the settings are judged: what is no address is told then.
            if (IPEndPoint.TryParse(options.Endpoints.Grpc, out var grpc) && IPEndPoint.TryParse(options.Endpoints.Http, out var http))
            {
                kestrel.Listen(grpc, listen => listen.UseMutualTls());
                kestrel.Listen(new PlainHttpEndPoint(http.Address, http.Port), listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
    }

    public static void MapServer(this WebApplication app)
    {
        // Before anything that is mapped reads them.
        app.Services.RequireRightSettings();
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

        if (options.Roles.Contains(Roles.Validation))
        {
            app.MapValidation();
        }

        app.Lifetime.ApplicationStarted.Register(() =>
            Console.WriteLine($"ready: gRPC https://{options.Endpoints.Grpc}, HTTP http://{options.Endpoints.Http}")
        );
    }

    private static void AddToken(IServiceCollection services)
    {
        // OpenAsync works on a thread of its own, so that waiting for it here can't dead-lock.
        services.AddSingleton(provider =>
            Token
                .OpenAsync(
                    provider.GetRequiredService<IOptions<TokenOptions>>().Value,
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

    /// <summary>Without its client certificate a role can't reach the others.</summary>
    private static void AddPeerProbe(IServiceCollection services, PeerOptions peers)
    {
        if (peers.Certificate is { } file)
        {
            services.AddHealthProbe(
                "peer-certificate",
                (provider, _) =>
                {
                    using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
                    var now = provider.GetRequiredService<TimeProvider>().GetUtcNow();
                    return ValueTask.FromResult(CertificateProbe.Judge("Our client certificate", certificate.NotAfter, now));
                }
            );
        }
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
}
