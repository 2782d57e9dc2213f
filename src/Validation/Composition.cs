using EContract.Grpc.InProcess;
using EContract.Grpc.Server;
using EContract.Hosting.Callers;
using EContract.Hosting.Settings;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Grpc;
using EContract.Validation.Online;
using EContract.Validation.Paths;
using EContract.Validation.Policies;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace EContract.Validation;

/// <summary>Puts validation into a host, as a role of its own.</summary>
public static class ValidationRole
{
    private const string Service = "/econtract.validation.v1.ValidationService/";

    /// <summary>Who may call the gRPC service.</summary>
    public static RpcPolicy Policy { get; } =
        new RpcPolicy()
            .Admit($"{Service}ValidateDocument", Role.Portal, Role.Archive, Role.Auditor, Role.RaMaker, Role.RaApprover, Role.Admin)
            .Admit($"{Service}ValidateCertificate", Role.Portal, Role.Archive, Role.Auditor, Role.RaMaker, Role.RaApprover, Role.Admin)
            .Admit($"{Service}ValidateToken", Role.Portal, Role.Archive, Role.Auditor, Role.RaMaker, Role.RaApprover, Role.Admin);

    /// <param name="section">Binds <see cref="ValidationOptions"/>; a policy or anchor that can't be read stops the start.</param>
    public static void AddValidation(this IServiceCollection services, IConfiguration section)
    {
        services.AddSettings<ValidationOptions>(section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(Policy);
        services.AddSingleton(provider => ReadPolicy(provider.GetRequiredService<IOptions<ValidationOptions>>().Value));
        services.AddSingleton(provider => new Fetcher(
            provider.GetRequiredService<IOptions<ValidationOptions>>().Value.Online,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<DocumentGate>();
    }

    /// <summary>Maps the gRPC service; reads the policy, so that a wrong one is told at the start.</summary>
    public static void MapValidation(this IEndpointRouteBuilder app)
    {
        _ = app.ServiceProvider.GetRequiredService<ValidationPolicy>();
        app.MapGrpcService<ValidationEndpoint>();
    }

    /// <summary>Serves the gRPC service to the other roles of this process, without sockets.</summary>
    public static void ServeInProcess(this InProcessServer server, IServiceProvider services) =>
        server.AddService<ValidationEndpoint>(services);

    internal static ValidationPolicy ReadPolicy(ValidationOptions options)
    {
        try
        {
            var policy = options.PolicyFile is { } file ? PolicyReader.ReadFile(file) : ValidationPolicy.Default;
            return policy.Trusting(
                options.TrustAnchors.Select(path => new PolicyAnchor(TrustAnchor.From(Certificate.Parse(File.ReadAllBytes(path)))))
            );
        }
        catch (Exception e)
            when (e is PolicyException or MalformedException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"the validation policy or a trust anchor can't be used: {e.Message}", e);
        }
    }
}
