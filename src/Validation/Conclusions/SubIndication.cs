namespace EContract.Validation.Conclusions;

/// <summary>Why a validation did not pass (ETSI EN 319 102-1 §5.1.3); <see cref="StandardNames"/> spells them as the standard does.</summary>
public enum SubIndication
{
    // FAILED
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    Revoked,
    Expired,
    NotYetValid,

    // INDETERMINATE
    SigConstraintsFailure,
    ChainConstraintsFailure,
    CertificateChainGeneralFailure,
    CryptoConstraintsFailure,
    PolicyProcessingError,
    TimestampOrderFailure,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    RevokedNoPoe,
    RevokedCaNoPoe,
    OutOfBoundsNotRevoked,
    OutOfBoundsNoPoe,
    CryptoConstraintsFailureNoPoe,
    NoPoe,
    TryLater,
    SignedDataNotFound,

    /// <summary>Not the standard's: there is nothing in the document that could be judged.</summary>
    NoSignatureFound,
}
