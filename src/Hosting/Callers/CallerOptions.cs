namespace EContract.Hosting.Callers;

/// <summary>
/// One entry of the setting <c>Callers</c>. The certificate is told by exactly one of <see cref="Subject"/>, <see cref="CommonName"/>,
/// <see cref="SanUri"/> or <see cref="Thumbprint"/>; <see cref="Issuer"/> narrows it to one CA among the configured client anchors.
/// </summary>
public sealed class CallerOptions
{
    /// <summary>What audit records and logs call it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Distinguished name of the certificate's subject, for example <c>CN=portal, O=Bank</c>.</summary>
    public string? Subject { get; set; }

    /// <summary>The subject's common name alone: for certificates that our own infrastructure CA issues.</summary>
    public string? CommonName { get; set; }

    /// <summary>A uniformResourceIdentifier in subjectAltName, for example <c>spiffe://bank/portal</c>.</summary>
    public string? SanUri { get; set; }

    /// <summary>SHA-256 of the certificate in hexadecimal.</summary>
    public string? Thumbprint { get; set; }

    /// <summary>Distinguished name of the issuer.</summary>
    public string? Issuer { get; set; }

    /// <summary>Roles in kebab-case: <c>portal</c>, <c>ra-maker</c> …</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>Organisations whose subscribers it may act for. Empty: all.</summary>
    public List<string> Organisations { get; set; } = [];

    /// <summary>Refuses all new calls of this caller; what was accepted goes on. Takes effect when the configuration is saved.</summary>
    public bool Suspended { get; set; }

    public CallerLimitOptions Limits { get; set; } = new();
}

/// <summary>What one caller may use. Null: no limit of its own.</summary>
public sealed class CallerLimitOptions
{
    /// <summary>Calls per second in the long run.</summary>
    public double? RatePerSecond { get; set; }

    /// <summary>Calls at once after a pause. Default: twice the rate.</summary>
    public int? Burst { get; set; }

    /// <summary>Calls in progress at the same time.</summary>
    public int? Concurrency { get; set; }
}
