namespace EContract.Pki;

public static partial class Oids
{
    // X.520 naming attributes (RFC 5280 Appendix A.1)
    public const string CommonName = "2.5.4.3";
    public const string Surname = "2.5.4.4";
    public const string SerialNumberAttribute = "2.5.4.5";
    public const string CountryName = "2.5.4.6";
    public const string LocalityName = "2.5.4.7";
    public const string StateOrProvinceName = "2.5.4.8";
    public const string StreetAddress = "2.5.4.9";
    public const string OrganizationName = "2.5.4.10";
    public const string OrganizationalUnitName = "2.5.4.11";
    public const string Title = "2.5.4.12";
    public const string GivenName = "2.5.4.42";
    public const string DnQualifier = "2.5.4.46";
    public const string Pseudonym = "2.5.4.65";

    /// <summary>X.520 (2012) §6.4.4; EN 319 412-1 §5.1.4.</summary>
    public const string OrganizationIdentifier = "2.5.4.97";

    /// <summary>RFC 4519 §2.4.</summary>
    public const string DomainComponent = "0.9.2342.19200300.100.1.25";

    /// <summary>RFC 2985 §5.2.1.</summary>
    public const string EmailAddress = "1.2.840.113549.1.9.1";

    // Certificate and CRL extensions (RFC 5280 §4.2, §5.2, §5.3)
    public const string SubjectKeyIdentifier = "2.5.29.14";
    public const string KeyUsage = "2.5.29.15";
    public const string SubjectAltName = "2.5.29.17";
    public const string BasicConstraints = "2.5.29.19";
    public const string CrlNumber = "2.5.29.20";
    public const string CrlReasonCode = "2.5.29.21";
    public const string InvalidityDate = "2.5.29.24";
    public const string DeltaCrlIndicator = "2.5.29.27";
    public const string IssuingDistributionPoint = "2.5.29.28";
    public const string NameConstraints = "2.5.29.30";
    public const string CrlDistributionPoints = "2.5.29.31";
    public const string CertificatePolicies = "2.5.29.32";
    public const string AnyPolicy = "2.5.29.32.0";
    public const string AuthorityKeyIdentifier = "2.5.29.35";
    public const string ExtendedKeyUsage = "2.5.29.37";
    public const string FreshestCrl = "2.5.29.46";

    /// <summary>X.509 (2008) §8.5.2.12: since when expired certificates stay on the CRL.</summary>
    public const string ExpiredCertsOnCrl = "2.5.29.60";

    /// <summary>RFC 5280 §4.2.2.1.</summary>
    public const string AuthorityInfoAccess = "1.3.6.1.5.5.7.1.1";
    public const string AccessMethodOcsp = "1.3.6.1.5.5.7.48.1";
    public const string AccessMethodCaIssuers = "1.3.6.1.5.5.7.48.2";

    /// <summary>RFC 3739 §3.2.6.</summary>
    public const string QcStatements = "1.3.6.1.5.5.7.1.3";

    /// <summary>RFC 5280 §4.2.1.4.</summary>
    public const string QualifierCps = "1.3.6.1.5.5.7.2.1";
    public const string QualifierUserNotice = "1.3.6.1.5.5.7.2.2";

    // Extended key usages (RFC 5280 §4.2.1.12, RFC 9336 for documentSigning)
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    public const string EmailProtection = "1.3.6.1.5.5.7.3.4";
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    public const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    public const string DocumentSigning = "1.3.6.1.5.5.7.3.36";

    // OCSP (RFC 6960 §4)
    public const string OcspBasic = "1.3.6.1.5.5.7.48.1.1";
    public const string OcspNonce = "1.3.6.1.5.5.7.48.1.2";
    public const string OcspNoCheck = "1.3.6.1.5.5.7.48.1.5";
    public const string OcspArchiveCutoff = "1.3.6.1.5.5.7.48.1.6";

    /// <summary>PKCS#9 extensionRequest (RFC 2985 §5.4.2).</summary>
    public const string ExtensionRequest = "1.2.840.113549.1.9.14";
}
