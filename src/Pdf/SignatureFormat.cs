namespace EContract.Pdf;

/// <summary>What /Contents holds (the /SubFilter).</summary>
public enum SignatureFormat
{
    /// <summary>ETSI.CAdES.detached: a detached CAdES signature (ETSI EN 319 142-1 §5.3).</summary>
    CadesDetached,

    /// <summary>adbe.pkcs7.detached: a detached CMS signature (ISO 32000-2 §12.8.3.3).</summary>
    Pkcs7Detached,

    /// <summary>ETSI.RFC3161: a document time-stamp (ISO 32000-2 §12.8.5).</summary>
    DocumentTimeStamp,
}
