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
}
