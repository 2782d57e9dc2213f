using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace EContract.Validation.Online;

/// <summary>
/// Fetches over HTTP what certificates point to. The addresses come from whoever made the document, so each is bounded: plain HTTP
/// only, public addresses only, size, time and redirects limited. A name is resolved once and the connection goes to the very
/// address that was checked: an answer of DNS that changes in between (rebinding) leads nowhere. Thread-safe.
/// </summary>
public sealed class Fetcher : IDisposable
{
    private const int MaxUrl = 2048;

    private readonly OnlineOptions _options;
    private readonly IReadOnlyList<IPNetwork> _privateNetworks;
    private readonly FetchCache _cache;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public Fetcher(OnlineOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _privateNetworks = options.ReadPrivateNetworks();
        _cache = new FetchCache(options.MaxCacheSize, time);
        var handler = new SocketsHttpHandler
        {
            // A proxy would resolve the name itself, behind the check.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.Timeout,
            // A pooled connection was checked when it was made; not for ever.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxConnectionsPerServer = 8,
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("EContract", "1"));
    }

    internal OnlineOptions Options => _options;

    internal TimeProvider Time => _time;

    /// <summary>What the address gives, from the cache if it is there.</summary>
    /// <param name="key">Under which it is kept.</param>
    /// <param name="request">An OCSP request; null: GET.</param>
    /// <param name="accept">Whether what was kept will do.</param>
    /// <param name="read">Reads the bytes, and tells until when they may be given again; null: not at all.</param>
    /// <exception cref="FetchException">Not allowed, not reachable, too large, or not what was wanted.</exception>
    internal async Task<T> FetchAsync<T>(
        string location,
        string key,
        FetchRequest? request,
        int maxSize,
        Func<T, bool> accept,
        Func<ReadOnlyMemory<byte>, (T Value, DateTimeOffset Until)> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (!_options.Enabled)
        {
            throw new FetchException("fetching over the network is not allowed by the configuration");
        }

        if (_cache.Find<T>(key) is { } known && accept(known))
        {
            return known;
        }

        try
        {
            var bytes = await FetchAsync(location, request, maxSize, cancellationToken);
            var (value, until) = read(bytes);
            _cache.Add(key, value, bytes.Length, until);
            return value;
        }
        catch (FetchException e)
        {
            _cache.AddFailure(key, e, _time.GetUtcNow() + _options.FailureLifetime);
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> FetchAsync(string location, FetchRequest? request, int maxSize, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        try
        {
            var address = Admit(location);
            for (var redirects = 0; ; redirects++)
            {
                using var message = request is null ? new HttpRequestMessage(HttpMethod.Get, address) : request.ToMessage(address);
                using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
                if ((int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } next)
                {
                    if (redirects >= _options.MaxRedirects)
                    {
                        throw new FetchException($"more than {_options.MaxRedirects} redirects");
                    }

                    address = Admit(new Uri(address, next).AbsoluteUri);
                    continue;
                }

                return response.StatusCode == HttpStatusCode.OK
                    ? await ReadAsync(response, maxSize, deadline.Token)
                    : throw new FetchException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FetchException($"no answer within {_options.Timeout.TotalSeconds:0.#} s", e);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as FetchException ?? new FetchException(e.InnerException?.Message ?? e.Message, e);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new FetchException(e.Message, e);
        }
    }

    private static Uri Admit(string location)
    {
        // RFC 5280 §8: https in these extensions leads to circles (its server's certificate needs the same look-ups). All three kinds
        // of data are signed, so plain HTTP takes nothing away.
        if (location.Length > MaxUrl || !Uri.TryCreate(location, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
        {
            throw new FetchException("only http addresses are fetched");
        }

        return address.UserInfo.Length == 0 ? address : throw new FetchException("the address carries a user's name");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var admitted = Array.FindAll(found, IsAdmitted);
        if (admitted.Length == 0)
        {
            throw new FetchException(
                found.Length == 0
                    ? $"{host} has no address"
                    : $"{host} is at {found[0]}, which is not a public address and not among the configured private networks"
            );
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(admitted, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAdmitted(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddress.Is(plain) || _privateNetworks.Any(network => network.Contains(plain));
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxSize, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maxSize)
        {
            throw TooLarge(maxSize);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0; )
        {
            if (bytes.Length + read > maxSize)
            {
                throw TooLarge(maxSize);
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    private static FetchException TooLarge(int maxSize) => new($"the answer is larger than {maxSize} bytes");
}
