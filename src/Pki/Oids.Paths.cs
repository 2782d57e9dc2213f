namespace EContract.Pki;

public static partial class Oids
{
    // Path processing (RFC 5280 §4.2.1.5, §4.2.1.11, §4.2.1.14, §5.3.3)
    public const string PolicyMappings = "2.5.29.33";
    public const string PolicyConstraints = "2.5.29.36";
    public const string InhibitAnyPolicy = "2.5.29.54";
    public const string CertificateIssuer = "2.5.29.29";
    public const string AnyExtendedKeyUsage = "2.5.29.37.0";

    // Old signatures only: RFC 3279 §2.2.2, RFC 5758 §3.1
    public const string Dsa = "1.2.840.10040.4.1";
    public const string DsaWithSha1 = "1.2.840.10040.4.3";
    public const string DsaWithSha256 = "2.16.840.1.101.3.4.3.2";
    public const string EcdsaWithSha1 = "1.2.840.10045.4.1";

    // RFC 5480 §2.1.1.1 and RFC 5639 §4.1: met in foreign signatures
    public const string Secp521r1 = "1.3.132.0.35";
    public const string BrainpoolP256r1 = "1.3.36.3.3.2.8.1.1.7";
    public const string BrainpoolP384r1 = "1.3.36.3.3.2.8.1.1.11";
    public const string BrainpoolP512r1 = "1.3.36.3.3.2.8.1.1.13";

    // NIST CSOR, sigAlgs: RSA and ECDSA with SHA-3
    public const string Sha3_256WithRsaEncryption = "2.16.840.1.101.3.4.3.14";
    public const string Sha3_384WithRsaEncryption = "2.16.840.1.101.3.4.3.15";
    public const string Sha3_512WithRsaEncryption = "2.16.840.1.101.3.4.3.16";
    public const string EcdsaWithSha3_256 = "2.16.840.1.101.3.4.3.10";
    public const string EcdsaWithSha3_384 = "2.16.840.1.101.3.4.3.11";
    public const string EcdsaWithSha3_512 = "2.16.840.1.101.3.4.3.12";

    // ETSI EN 319 122-1 §5.2.8
    public const string ContentTimeStamp = "1.2.840.113549.1.9.16.2.20";
}
