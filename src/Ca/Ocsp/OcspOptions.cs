namespace EContract.Ca.Ocsp;

/// <summary>Settings under <c>Ca:Ocsp</c>.</summary>
public sealed class OcspOptions
{
    /// <summary>thisUpdate to nextUpdate.</summary>
    public TimeSpan Validity { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a signed answer is given again, if nothing changes: at most half of <see cref="Validity"/> is sensible.</summary>
    public TimeSpan CacheLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Signed answers kept per node.</summary>
    public int CacheEntries { get; set; } = 100_000;

    /// <summary>For HTTP caches between us and clients: a revocation is hidden no longer than this.</summary>
    public TimeSpan HttpMaxAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A cached answer is given only if the feed of revocations was read to its end within this time.</summary>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Certificates that one request may ask for.</summary>
    public int MaxCertificates { get; set; } = 20;
}
