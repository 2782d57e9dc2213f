using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;

namespace EContract.Ca.Store;

/// <summary>Whether a caller may act for the subscriber whom a row names.</summary>
internal static class ScopeRules
{
    /// <param name="subscriberId">Null for infrastructure, which no caller with a limit may touch.</param>
    /// <exception cref="ServiceException"><see cref="Fault.OrganisationNotAllowed"/>.</exception>
    public static async Task RequireScopeAsync(
        this CaDbContext db,
        string? subscriberId,
        OrganisationScope scope,
        CancellationToken cancellationToken
    )
    {
        if (!scope.IsAll)
        {
            var subscriber = subscriberId is null ? null : await db.FindSubscriberAsync(subscriberId, cancellationToken);
            scope.Require(subscriber?.ToData().NameOrganisations() ?? []);
        }
    }
}
