namespace EContract.Signer.Delivery;

/// <summary>Protection of the way to the mail server.</summary>
public enum SmtpSecurity
{
    /// <summary>STARTTLS (RFC 3207); refused when the server does not offer it.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>A mail server on this machine.</summary>
    None,
}
