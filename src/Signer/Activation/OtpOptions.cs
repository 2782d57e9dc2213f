namespace EContract.Signer.Activation;

/// <summary>One-time passwords: how long, how often.</summary>
public sealed class OtpOptions
{
    /// <summary>Life of a code from its sending.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Wrong or right, how often codes may be entered for one enrolment, activation or challenge.</summary>
    public int Attempts { get; set; } = 5;

    /// <summary>How often a code may be sent again for the same thing.</summary>
    public int Resends { get; set; } = 3;

    /// <summary>Shortest time between two sendings for the same thing.</summary>
    public TimeSpan ResendInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most codes sent to one subscriber within an hour.</summary>
    public int SendsPerHour { get; set; } = 30;

    /// <summary>Shown by authenticator apps.</summary>
    public string TotpIssuer { get; set; } = "EContract";

    /// <summary>RFC 6238 §5.2: steps before and after the present one that are accepted, for clocks that differ.</summary>
    public int TotpWindow { get; set; } = 1;
}
