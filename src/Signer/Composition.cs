using EContract.Grpc.Server;
using EContract.Hosting.Settings;
using EContract.Signer.Activation;
using EContract.Signer.Archive;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Delivery;
using EContract.Signer.Documents;
using EContract.Signer.Enrollment;
using EContract.Signer.Grpc;
using EContract.Signer.Parties;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace EContract.Signer;

/// <summary>
/// Puts the Signer together. Needs from the host: <c>ConnectionStrings:Database</c>, <c>Token</c>, <c>AuditLog</c>, <c>TimeProvider</c>, and
/// clients of the CA, registration and time-stamp services.
/// </summary>
public static class SignerRole
{
    /// <param name="root">
    /// The whole configuration: with it the settings of the archive are judged at start, and its jobs run. Without, as in a tool, nothing
    /// happens by itself.
    /// </param>
    public static void AddSigner(this IServiceCollection services, IConfiguration section, IConfiguration? root = null)
    {
        services.AddSettings<SignerOptions>(section, SignerSettings.Check);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SignerOptions>>().Value);
        services.AddSingleton(provider => provider.GetRequiredService<SignerOptions>().Documents);
        services.AddSingleton(provider => provider.GetRequiredService<SignerOptions>().Archive);
        services.AddDbContextFactory<SignerContext>(
            (provider, options) => Configure(options, provider.GetRequiredService<IConfiguration>().GetConnectionString("Database")!)
        );
        services.AddSingleton<SignerDatabase>();
        services.AddHostedService<SchemaMigration>();
        services.AddSingleton(SignerPolicy.Create());

        services.TryAddSingleton<ICertificateAuthority, CaGateway>();
        services.TryAddSingleton<IRegistrationAuthority, RaGateway>();
        services.TryAddSingleton<ITimestampAuthority, TsaGateway>();
        services.TryAddSingleton(provider =>
            provider.GetRequiredService<SignerOptions>().Signing.KillAt is { } point ? new KillAt(point) : new CyclePoints()
        );

        services.AddSingleton<TokenKeys>();
        services.AddSingleton<CredentialVault>();
        services.AddSingleton<AuthenticatorSeeds>();
        services.AddSingleton<CredentialLock>();
        services.AddSingleton<OtpVerifier>();
        services.AddSingleton<OneTimePasswords>();
        services.AddSingleton<Factors>();
        services.AddSingleton<ChallengeDesk>();
        services.AddSingleton<EnrollmentDesk>();
        services.AddSingleton<CredentialDesk>();
        services.AddSingleton<Spool>();
        services.AddSingleton<DocumentStore>();
        services.AddSingleton<PartyDesk>();
        services.AddSingleton<SignatureFonts>();
        services.AddSingleton<ItemPreparation>();
        services.AddSingleton<SigningDesk>();
        services.AddSingleton<ActivationLedger>();
        services.AddSingleton<SigningCycle>();
        services.AddSingleton<SealLedger>();
        services.AddSingleton<SealSessions>();
        services.AddSingleton<SealDesk>();
        services.AddSingleton<Supersession>();
        services.AddHostedService(provider => provider.GetRequiredService<SealSessions>());
        services.AddHostedService(provider => provider.GetRequiredService<Supersession>());
        services.AddHostedService<StandingFeed>();
        services.AddHostedService<RegistrationFeed>();
        services.AddEvidence();
        services.AddArchiveJobs(root);
        AddSenders(services);
        services.AddArchive();
        services.AddSingleton<EnrollmentEndpoint>();
        services.AddSingleton<SigningEndpoint>();
        services.AddSingleton<EvidenceEndpoint>();
    }

    public static void MapSigner(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<EnrollmentEndpoint>();
        app.MapGrpcService<SigningEndpoint>();
        app.MapGrpcService<EvidenceEndpoint>();
        app.MapGrpcService<ArchiveEndpoint>();
    }

    internal static void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options
            .UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable("__migrations", SignerContext.Schema))
            // Migrations are written by hand: there is no model snapshot to compare with.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));

    private static void AddSenders(IServiceCollection services)
    {
        services.AddHttpClient<WebhookSender>();
        services.AddSingleton<IEnumerable<IOtpSender>>(provider =>
        {
            var delivery = provider.GetRequiredService<SignerOptions>().Delivery;
            var time = provider.GetRequiredService<TimeProvider>();
            var senders = new List<IOtpSender>();
            if (delivery.PickupDirectory is { } directory)
            {
                senders.Add(new PickupDirectorySender(directory, delivery.From, time));
            }
            else if (delivery.Smtp is { } smtp)
            {
                senders.Add(new SmtpSender(smtp, delivery.From, time));
            }

            if (delivery.SmsWebhook is { Url: not null } webhook)
            {
                senders.Add(
                    new WebhookSender(webhook, provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(WebhookSender)))
                );
            }

            return senders;
        });
    }
}
