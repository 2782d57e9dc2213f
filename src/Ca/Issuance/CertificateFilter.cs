namespace EContract.Ca.Issuance;

/// <summary>Which certificates a list shows.</summary>
public enum CertificateFilter
{
    All,
    Good,
    OnHold,
    Revoked,
    Expired,
}
