namespace EContract.Hsm;

/// <summary>Which signatures this layer verifies with the public key before it lets them go.</summary>
public enum SignatureCheck
{
    /// <summary>All of them. RSA costs about 3 %, ECDSA about as much as the signature itself.</summary>
    Always,

    /// <summary>RSA only: for a caller that verifies ECDSA itself before release.</summary>
    RsaOnly,

    /// <summary>None: for a caller that verifies itself before release.</summary>
    Never,
}
