using EContract.Signer.Identities;

namespace EContract.Signer.Enrollment;

/// <summary>The issuing CA, as the Signer needs it. Every call may end in CA_UNAVAILABLE.</summary>
public interface ICertificateAuthority
{
    /// <summary>One certificate per application; repeated with the same request id, the same one.</summary>
    /// <param name="certificationRequest">PKCS#10, DER.</param>
    /// <param name="enrollmentProof">What <see cref="Activation.TokenKeys.ProveEnrollmentAsync"/> gives.</param>
    Task<IssuedCertificate> IssueAsync(
        string requestId,
        CertificateApplicationId application,
        byte[] certificationRequest,
        byte[] enrollmentProof,
        CancellationToken cancellationToken
    );

    Task<CertificateStanding> GetStandingAsync(string serialNumber, CancellationToken cancellationToken);

    /// <summary>Revokes as superseded (R13). Done already counts as done.</summary>
    Task SupersedeAsync(string requestId, string serialNumber, string explanation, CancellationToken cancellationToken);

    /// <summary>Every change of standing from a cursor on, oldest first; goes on until cancelled.</summary>
    IAsyncEnumerable<StandingChange> WatchAsync(string cursor, CancellationToken cancellationToken);
}
