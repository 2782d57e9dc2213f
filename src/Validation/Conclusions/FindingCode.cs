namespace EContract.Validation.Conclusions;

/// <summary>What a check may find. Closed and stable: reports for machines carry the names, reports for people a sentence in each language.</summary>
public enum FindingCode
{
    // The bytes
    Malformed,
    NoSignature,
    ByteRangeUnsound,
    PartOfRevisionCovered,
    NoSignerInfo,
    ContentTypeMismatch,
    SignedDataMissing,

    // The cryptography
    DigestMismatch,
    SignatureMismatch,
    AlgorithmUnknown,
    AlgorithmNotReliable,

    // The signer's certificate and its chain
    SigningCertificateMissing,
    SigningCertificateMismatch,
    SigningCertificateNotProtected,
    NoTrustAnchor,
    ChainInvalid,
    ChainConstraint,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    AuthorityRevoked,
    CertificateOnHold,
    NoRevocationInformation,
    StaleRevocationInformation,

    // Time and proofs
    TimeStampInvalid,
    TimeStampMismatch,
    TimeStampOrder,
    TimeStampMissing,
    TimeStampDelay,
    NoProofOfExistence,
    ProvenByTimeStamp,
    EvidenceRecordInvalid,

    // The document
    ChangeNotAllowed,
    ChangeAllowed,
    LockedFieldChanged,
    SignatureRemoved,
    DuplicateObject,
}
