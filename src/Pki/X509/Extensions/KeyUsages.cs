namespace EContract.Pki.X509.Extensions;

/// <summary>The bits of KeyUsage; the value is 1 &lt;&lt; bit number (RFC 5280 §4.2.1.3).</summary>
[Flags]
public enum KeyUsages
{
    None = 0,
    DigitalSignature = 1 << 0,

    /// <summary>contentCommitment in recent editions of X.509.</summary>
    NonRepudiation = 1 << 1,
    KeyEncipherment = 1 << 2,
    DataEncipherment = 1 << 3,
    KeyAgreement = 1 << 4,
    KeyCertSign = 1 << 5,
    CrlSign = 1 << 6,
    EncipherOnly = 1 << 7,
    DecipherOnly = 1 << 8,
}
