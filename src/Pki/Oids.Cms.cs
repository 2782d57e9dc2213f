namespace EContract.Pki;

public static partial class Oids
{
    // RFC 5652 §4, §5.1, §11
    public const string Data = "1.2.840.113549.1.7.1";
    public const string SignedData = "1.2.840.113549.1.7.2";
    public const string ContentType = "1.2.840.113549.1.9.3";
    public const string MessageDigest = "1.2.840.113549.1.9.4";
    public const string SigningTime = "1.2.840.113549.1.9.5";

    // RFC 2634 §5.4, RFC 5035 §5.4.1
    public const string SigningCertificate = "1.2.840.113549.1.9.16.2.12";
    public const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    // RFC 3161 §2.4.2 and appendix A
    public const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    public const string SignatureTimeStampToken = "1.2.840.113549.1.9.16.2.14";

    // ETSI EN 319 122-1 §5.5.3 and §5.5.2; its annex A.2.2 for the first hash index, which is only read
    public const string ArchiveTimestampV3 = "0.4.0.1733.2.4";
    public const string AtsHashIndexV3 = "0.4.0.19122.1.5";
    public const string AtsHashIndex = "0.4.0.1733.2.5";

    // RFC 3161 §2.3
    public const string TimeStampingEku = "1.3.6.1.5.5.7.3.8";

    // ETSI EN 319 122-1 §5.2.3 and annex D
    public const string CommitmentTypeIndication = "1.2.840.113549.1.9.16.2.16";
    public const string ProofOfOrigin = "1.2.840.113549.1.9.16.6.1";
    public const string ProofOfApproval = "1.2.840.113549.1.9.16.6.5";
    public const string ProofOfCreation = "1.2.840.113549.1.9.16.6.6";

    // ETSI EN 319 422 §9.1: the policy of a qualified time-stamp, a qcStatement of the token
    public const string EsiTsp = "0.4.0.19422.1.1";
}
