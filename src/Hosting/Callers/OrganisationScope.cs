using EContract.Hosting.Errors;

namespace EContract.Hosting.Callers;

/// <summary>
/// The organisations whose subscribers a caller may see and change. Everything by which a subscriber's data name an organisation
/// (registered name, corporate number) must be among them: nobody registers another company's name under his own number. A caller
/// with a limit has nothing to do with private persons.
/// </summary>
public sealed class OrganisationScope
{
    public static readonly OrganisationScope All = new(null);

    private readonly IReadOnlySet<string>? _allowed;

    private OrganisationScope(IReadOnlySet<string>? allowed)
    {
        _allowed = allowed;
        Organisations = [.. allowed ?? new HashSet<string>()];
    }

    public bool IsAll => _allowed is null;

    /// <summary>For queries; empty if all are allowed.</summary>
    public string[] Organisations { get; }

    public static OrganisationScope Of(CallerIdentity caller) => caller.Organisations is { } allowed ? new(allowed) : All;

    /// <exception cref="ServiceException"><see cref="Fault.OrganisationNotAllowed"/>: an organisation is not among the caller's, or there is none.</exception>
    public void Require(IReadOnlyCollection<string> organisations)
    {
        if (_allowed is not null && (organisations.Count == 0 || !organisations.All(_allowed.Contains)))
        {
            throw new ServiceException(Fault.OrganisationNotAllowed, "the caller may not act for subscribers of this organisation");
        }
    }
}
