namespace EContract.Signer.Activation;

/// <summary>How the subscriber gets his one-time passwords.</summary>
public enum OtpMethod
{
    Email,
    Sms,

    /// <summary>An authenticator app (RFC 6238): nothing is sent.</summary>
    Totp,
}
