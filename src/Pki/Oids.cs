namespace EContract.Pki;

/// <summary>Object identifiers, each with the document that assigns it. Part of a type: see the other <c>Oids.*.cs</c> files.</summary>
public static partial class Oids
{
    // NIST CSOR, nistAlgorithm hashAlgs (RFC 8017 appendix B.1, RFC 5754 §2)
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";
    public const string Sha384 = "2.16.840.1.101.3.4.2.2";
    public const string Sha512 = "2.16.840.1.101.3.4.2.3";
    public const string Sha224 = "2.16.840.1.101.3.4.2.4";
    public const string Sha3_256 = "2.16.840.1.101.3.4.2.8";
    public const string Sha3_384 = "2.16.840.1.101.3.4.2.9";
    public const string Sha3_512 = "2.16.840.1.101.3.4.2.10";

    // RFC 3370 §2: only met in old signatures and in requests that are refused
    public const string Sha1 = "1.3.14.3.2.26";
    public const string Md5 = "1.2.840.113549.2.5";

    // RFC 8017 appendix C
    public const string RsaEncryption = "1.2.840.113549.1.1.1";
    public const string Sha1WithRsaEncryption = "1.2.840.113549.1.1.5";
    public const string Mgf1 = "1.2.840.113549.1.1.8";
    public const string RsassaPss = "1.2.840.113549.1.1.10";
    public const string Sha256WithRsaEncryption = "1.2.840.113549.1.1.11";
    public const string Sha384WithRsaEncryption = "1.2.840.113549.1.1.12";
    public const string Sha512WithRsaEncryption = "1.2.840.113549.1.1.13";

    // RFC 5480 §2.1.1
    public const string EcPublicKey = "1.2.840.10045.2.1";
    public const string Secp256r1 = "1.2.840.10045.3.1.7";
    public const string Secp384r1 = "1.3.132.0.34";

    // RFC 5758 §3.2
    public const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    public const string EcdsaWithSha384 = "1.2.840.10045.4.3.3";
    public const string EcdsaWithSha512 = "1.2.840.10045.4.3.4";
}
