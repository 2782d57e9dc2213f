namespace EContract.Signer.Enrollment;

/// <summary>What a certificate is worth right now.</summary>
public enum CertificateStanding
{
    Good,
    OnHold,
    Revoked,
    Expired,
}
