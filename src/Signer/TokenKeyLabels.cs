namespace EContract.Signer;

/// <summary>The labels of the token keys that the Signer works with; <c>econtract token signer-keys</c> makes them.</summary>
public sealed class TokenKeyLabels
{
    /// <summary>AES-256, derive only: wraps the subscribers' keys together with their PINs.</summary>
    public string Master { get; set; } = "kek-master";

    /// <summary>HMAC: one-time passwords are kept only as its output.</summary>
    public string OtpPepper { get; set; } = "otp-pepper";

    /// <summary>AES-GCM: seals the seeds of authenticator apps.</summary>
    public string TotpSeal { get; set; } = "totp-seal";

    /// <summary>ECDSA: vouches to the CA that a subscriber's key was made here.</summary>
    public string Enrollment { get; set; } = "enrollment";
}
