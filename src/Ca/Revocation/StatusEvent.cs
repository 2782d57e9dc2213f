using EContract.Ca.Store;
using EContract.Pki;
using EContract.Pki.Crl;

namespace EContract.Ca.Revocation;

/// <summary>A change of a certificate's status. <paramref name="Position"/> is the cursor after it.</summary>
public sealed record StatusEvent(
    long Position,
    string Authority,
    SerialNumber SerialNumber,
    CertificateStatus Status,
    CrlReason? Reason,
    DateTimeOffset ChangedAt,
    string? SubscriberId
);
