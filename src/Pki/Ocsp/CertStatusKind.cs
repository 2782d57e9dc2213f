namespace EContract.Pki.Ocsp;

/// <summary>The alternatives of CertStatus (RFC 6960 §4.2.1).</summary>
public enum CertStatusKind
{
    Good = 0,
    Revoked = 1,
    Unknown = 2,
}
