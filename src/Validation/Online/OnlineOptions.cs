using System.Net;

namespace EContract.Validation.Online;

/// <summary>Whether and how far validation data may be fetched over the network. Off unless it is switched on.</summary>
public sealed class OnlineOptions
{
    /// <summary>Nothing is fetched while this is false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Networks that may be asked though they are not public, for example <c>127.0.0.0/8</c>. The addresses to ask stand in certificates
    /// that anyone may have made: without this bound a document could make the server knock at doors inside the bank.
    /// </summary>
    public IList<string> PrivateNetworks { get; } = [];

    /// <summary>Longest time for one fetch with all its redirects.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most fetches for one document or signature.</summary>
    public int MaxFetches { get; set; } = 40;

    /// <summary>Most redirects of one fetch.</summary>
    public int MaxRedirects { get; set; } = 3;

    /// <summary>Largest CRL, in bytes.</summary>
    public int MaxCrlSize { get; set; } = 32 * 1024 * 1024;

    /// <summary>Largest OCSP response or certificate file, in bytes.</summary>
    public int MaxResponseSize { get; set; } = 128 * 1024;

    /// <summary>Most bytes that are kept in the cache.</summary>
    public long MaxCacheSize { get; set; } = 128L * 1024 * 1024;

    /// <summary>How long a CA certificate or a failure-free answer without nextUpdate is kept.</summary>
    public TimeSpan CacheLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an address that did not answer is left alone.</summary>
    public TimeSpan FailureLifetime { get; set; } = TimeSpan.FromSeconds(20);

    public NoncePolicy Nonce { get; set; } = NoncePolicy.Ask;

    /// <summary><see cref="PrivateNetworks"/>, read.</summary>
    /// <exception cref="FormatException">One is no network.</exception>
    internal IReadOnlyList<IPNetwork> ReadPrivateNetworks() => [.. PrivateNetworks.Select(IPNetwork.Parse)];
}
