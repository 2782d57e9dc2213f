namespace EContract.Signer.Signing;

/// <summary>What is made of an authorised digest.</summary>
public enum ItemFormat
{
    /// <summary>The bare value: RSA PKCS#1 v1.5 or PSS, or ECDSA in DER.</summary>
    Raw,

    /// <summary>CAdES; attached where the content was given.</summary>
    Cades,

    /// <summary>The CMS of a PDF signature that the caller prepared himself.</summary>
    PadesCms,

    /// <summary>A PDF signature in a document that lies here.</summary>
    Pdf,
}
