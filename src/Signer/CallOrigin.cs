using EContract.Hosting.Callers;

namespace EContract.Signer;

/// <summary>Who called, for ownership of what he began and for the evidence.</summary>
/// <param name="Caller">The caller's configured name.</param>
/// <param name="CorrelationId">Ties all records and log lines of the call together.</param>
public sealed record CallOrigin(string Caller, string CorrelationId)
{
    /// <summary>The organisations whose subscribers the caller may act for. Our own work is for all.</summary>
    public OrganisationScope Scope { get; init; } = OrganisationScope.All;
}
