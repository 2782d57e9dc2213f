using EContract.Signer.Identities;

namespace EContract.Signer.Enrollment;

/// <summary>The bank as RA, as the Signer needs it. Every call may end in CA_UNAVAILABLE.</summary>
public interface IRegistrationAuthority
{
    /// <summary>Null when there is none with this id.</summary>
    Task<CertificateApplication?> FindApplicationAsync(CertificateApplicationId id, CancellationToken cancellationToken);

    /// <summary>Approved changes from a cursor on, oldest first; goes on until cancelled.</summary>
    IAsyncEnumerable<RegistrationChange> WatchAsync(string cursor, CancellationToken cancellationToken);
}
