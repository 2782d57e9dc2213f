namespace EContract.Tsa;

/// <summary>A key of a TSU and its certificate.</summary>
public sealed class TsuKeyOptions
{
    /// <summary>Label of the private key on the token.</summary>
    public string Label { get; set; } = "";

    /// <summary>PEM with the TSU's certificate first and the issuing CAs after it, or one DER certificate.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>SHA256, SHA384 or SHA512; empty: what fits the key.</summary>
    public string Hash { get; set; } = "";

    /// <summary>RSASSA-PSS instead of PKCS#1 v1.5, for RSA keys. <c>openssl ts</c> can't verify such tokens.</summary>
    public bool Pss { get; set; }

    /// <summary>When the key takes over from the one before it; null: as soon as its certificate is valid.</summary>
    public DateTimeOffset? ActivateAt { get; set; }
}
