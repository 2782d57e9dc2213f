namespace EContract.Ca.Store;

/// <summary>The revocation status of an issued certificate.</summary>
public enum CertificateStatus
{
    Good = 1,
    OnHold = 2,
    Revoked = 3,
}
