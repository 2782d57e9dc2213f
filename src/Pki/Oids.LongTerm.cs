namespace EContract.Pki;

public static partial class Oids
{
    /// <summary>RFC 5940 §2: an OCSPResponse in SignedData.crls.</summary>
    public const string RevocationInfoOcspResponse = "1.3.6.1.5.5.7.16.2";

    // ETSI EN 319 122-1 annex A.1.1.2, A.1.2.2: validation data as unsigned attributes, in older long-term signatures
    public const string CertificateValues = "1.2.840.113549.1.9.16.2.23";
    public const string RevocationValues = "1.2.840.113549.1.9.16.2.24";

    /// <summary>ISO 32000-2 §12.8.3.3.2: adbe-revocationInfoArchival, a signed attribute of older PDF signatures.</summary>
    public const string RevocationInfoArchival = "1.2.840.113583.1.1.8";
}
