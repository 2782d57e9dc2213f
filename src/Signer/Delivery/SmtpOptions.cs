namespace EContract.Signer.Delivery;

/// <summary>A mail server that takes our messages (RFC 6409).</summary>
public sealed class SmtpOptions
{
    public string Host { get; set; } = "localhost";

    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected. A one-time password never goes out in clear unless this says so.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    public string? User { get; set; }

    /// <summary>File that holds the password, without a line end.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>PEM file of the authorities that the server's certificate may come from; default: the system's.</summary>
    public string? TrustedCertificates { get; set; }
}
