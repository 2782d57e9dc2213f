namespace EContract.Pki.Crl;

/// <summary>Why a certificate was revoked.</summary>
/// <remarks>
/// RFC 5280 §5.3.1:
/// <code>
/// CRLReason ::= ENUMERATED {
///   unspecified (0), keyCompromise (1), cACompromise (2), affiliationChanged (3), superseded (4),
///   cessationOfOperation (5), certificateHold (6), removeFromCRL (8), privilegeWithdrawn (9), aACompromise (10) }
/// </code>
/// </remarks>
public enum CrlReason
{
    Unspecified = 0,
    KeyCompromise = 1,
    CACompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,

    /// <summary>Only in a delta CRL.</summary>
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AACompromise = 10,
}
