using EContract.Ca.Store;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;

namespace EContract.Ca.Ocsp;

/// <summary>What the database says of an issued certificate.</summary>
public readonly record struct CertificateStanding(CertificateStatus Status, DateTimeOffset? RevokedAt, int? Reason)
{
    public CertStatus ToCertStatus() =>
        Status == CertificateStatus.Good ? CertStatus.Good : CertStatus.Revoked(RevokedAt!.Value, (CrlReason?)Reason);
}
