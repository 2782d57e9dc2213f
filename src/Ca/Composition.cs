using EContract.Ca.Authorities;
using EContract.Ca.Grpc;
using EContract.Ca.Issuance;
using EContract.Ca.Ocsp;
using EContract.Ca.Profiles;
using EContract.Ca.Registration;
using EContract.Ca.Repository;
using EContract.Ca.Revocation;
using EContract.Ca.Store;
using EContract.Grpc.InProcess;
using EContract.Grpc.Server;
using EContract.Hosting.Callers;
using EContract.Hosting.Health;
using EContract.Hosting.Settings;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EContract.Ca;

/// <summary>Puts the certificate authority and the registration authority into a host.</summary>
public static class CaRole
{
    /// <summary>The host brings the <see cref="Hsm.Token"/>, the <see cref="Audit.AuditLog"/> and ConnectionStrings:Database.</summary>
    /// <param name="section">Binds <see cref="CaOptions"/> and the options of the role's parts.</param>
    public static void AddCa(this IServiceCollection services, IConfiguration section)
    {
        services.AddSettings<CaOptions>(section, CaSettings.Check);
        services.AddSettings<RegistrationOptions>(section, "Registration", CaSettings.Check);
        services.AddSettings<IssuanceOptions>(section, "Issuance", CaSettings.Check);
        services.AddSettings<CrlOptions>(section, "Crl", CaSettings.Check);
        services.AddSettings<OcspOptions>(section, "Ocsp", CaSettings.Check);
        services.AddSettings<RepositoryOptions>(section, "Repository", CaSettings.Check);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IKeyStore, TokenKeyStore>();
        services.AddSingleton(provider =>
        {
            var directory = provider.GetRequiredService<IOptions<CaOptions>>().Value.Profiles;
            return ProfileCatalogue.Load(directory.Length > 0 ? directory : null);
        });
        services.TryAddSingleton<ICallerRevocation, CallerRevocation>();
        AddStore(services);

        services.AddSingleton<AuthorityRegistry>();
        services.AddSingleton<HierarchyImporter>();
        services.AddSingleton(CaPolicy.Create());
        services.AddSingleton<StatusChanger>();
        services.AddSingleton<ChangeApplier>();
        services.AddSingleton<RegistrationDesk>();
        services.AddSingleton<RegistrationQueries>();
        services.AddSingleton<EnrollmentGate>();
        services.AddSingleton<CertificateIssuer>();
        services.AddSingleton<CertificateQueries>();
        services.AddSingleton<CertificateRevoker>();
        services.AddSingleton<StatusFeed>();
        services.AddSingleton<CrlIssuer>();
        services.AddSingleton<StatusReader>();
        services.AddSingleton<OcspCache>();
        services.AddSingleton<OcspResponder>();
        services.AddSingleton<CrlShelf>();
        services.AddSingleton<PracticeStatement>();
        services.AddSingleton<CaHealth>();
        services.AddHealthProbe(
            "ca",
            (provider, cancellationToken) => provider.GetRequiredService<CaHealth>().JudgeAsync(cancellationToken)
        );

        // Hosted services start in this order: the schema and the authorities are there before anything reads them.
        services.AddHostedService<HierarchyWatch>();
        AddHosted<FeedSignal>(services);
        AddHosted<RevocationFollower>(services);
        AddHosted<IssuanceReconciler>(services);
        AddHosted<CrlSchedule>(services);
    }

    /// <summary>Maps both gRPC services and, on the public port, OCSP, CRLs, CA certificates and the CPS.</summary>
    public static void MapCa(this IEndpointRouteBuilder app)
    {
        // Wrong profiles stop the start with every error named, not the first request.
        _ = app.ServiceProvider.GetRequiredService<ProfileCatalogue>();
        RepositoryEndpoints.Map(app);
        app.MapGrpcService<CertificateAuthorityApi>();
        app.MapGrpcService<RegistrationApi>();
    }

    /// <summary>Both gRPC services for the other roles of the same process.</summary>
    public static void ServeInProcess(InProcessServer server, IServiceProvider services) =>
        server.AddService<CertificateAuthorityApi>(services).AddService<RegistrationApi>(services);

    private static void AddStore(IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var connectionString = provider.GetRequiredService<IConfiguration>().GetConnectionString("Database");
            return new CaDataSource(
                NpgsqlDataSource.Create(
                    new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "econtract-ca", MaxAutoPrepare = 64 }
                )
            );
        });
        services.AddPooledDbContextFactory<CaDbContext>(
            (provider, options) =>
                options
                    .UseNpgsql(
                        provider.GetRequiredService<CaDataSource>().Value,
                        npgsql => npgsql.MigrationsHistoryTable("migrations", CaDbContext.Schema)
                    )
                    // Migrations are written by hand; there is no snapshot to compare the model with.
                    .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
        );
        services.AddSingleton<CaDatabase>();
    }

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, Microsoft.Extensions.Hosting.IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
