namespace EContract.Pki.X509.Extensions;

/// <summary>The reasons for revocation that a CRL or distribution point covers; the value is 1 &lt;&lt; bit number (RFC 5280 §4.2.1.13).</summary>
[Flags]
public enum ReasonFlags
{
    None = 0,
    Unused = 1 << 0,
    KeyCompromise = 1 << 1,
    CACompromise = 1 << 2,
    AffiliationChanged = 1 << 3,
    Superseded = 1 << 4,
    CessationOfOperation = 1 << 5,
    CertificateHold = 1 << 6,
    PrivilegeWithdrawn = 1 << 7,
    AACompromise = 1 << 8,

    /// <summary>All that stand for a reason: "unused" stands for none (RFC 5280 §6.3.2 (a)).</summary>
    All =
        KeyCompromise
        | CACompromise
        | AffiliationChanged
        | Superseded
        | CessationOfOperation
        | CertificateHold
        | PrivilegeWithdrawn
        | AACompromise,
}
