using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using Grpc.Core;

namespace EContract.Hosting.Calls;

/// <summary>What a handler asks about its call.</summary>
public static class ServerCallContextExtensions
{
    private static readonly object CallerKey = new();

    /// <summary>The caller whom the edge has authenticated and admitted.</summary>
    /// <exception cref="ServiceException">CALLER_CERTIFICATE_REQUIRED: the call did not come through the edge.</exception>
    public static CallerIdentity GetCaller(this ServerCallContext context) =>
        context.UserState.TryGetValue(CallerKey, out var caller)
            ? (CallerIdentity)caller
            : throw new ServiceException(Fault.CallerCertificateRequired, "The caller is not known.");

    /// <summary>Id that ties together what belongs to this call; for audit events.</summary>
    public static string GetCorrelationId(this ServerCallContext context) => CorrelationId.Current;

    /// <exception cref="ServiceException">ORGANISATION_NOT_ALLOWED: the caller may not act for subscribers of this organisation.</exception>
    public static void RequireOrganisation(this ServerCallContext context, string? organisation)
    {
        if (!context.GetCaller().MayActFor(organisation))
        {
            throw new ServiceException(Fault.OrganisationNotAllowed, "The caller may not act for subscribers of this organisation.");
        }
    }

    /// <summary>For the edge, and for tests of handlers without one.</summary>
    public static void SetCaller(this ServerCallContext context, CallerIdentity caller) => context.UserState[CallerKey] = caller;
}
