using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>
/// A way to a gRPC server over HTTP/2. Connections are made when needed, shared by all calls and made anew when lost. Thread-safe;
/// keep one for the life of the process.
/// </summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<ClientCall, bool> _calls = new();
    private readonly ConcurrentDictionary<string, MethodConfig?> _methods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Uri> _targets = new(StringComparer.Ordinal);
    private volatile bool _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        Address = address;
        Options = options;
        Http = new HttpMessageInvoker(options.HttpHandler ?? CreateHandler(options), disposeHandler: options.HttpHandler is null);
        Throttle = options.ServiceConfig?.RetryThrottling is { } policy ? new RetryThrottle(policy) : null;
        foreach (var method in options.ServiceConfig?.MethodConfigs ?? [])
        {
            method.RetryPolicy?.Validate();
        }
    }

    internal Uri Address { get; }

    internal GrpcChannelOptions Options { get; }

    internal HttpMessageInvoker Http { get; }

    internal RetryThrottle? Throttle { get; }

    /// <param name="address"><c>https://host:port</c>, or <c>http://host:port</c> for HTTP/2 in clear text.</param>
    /// <param name="options">Null for the defaults.</param>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions? options = null) => ForAddress(new Uri(address), options);

    /// <inheritdoc cref="ForAddress(string, GrpcChannelOptions?)"/>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address is { IsAbsoluteUri: true, Scheme: "http" or "https", PathAndQuery: "/" }
            ? new GrpcChannel(address, options ?? new GrpcChannelOptions())
            : throw new ArgumentException($"{address} is not http(s)://host:port", nameof(address));
    }

    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Cancels the calls under way and closes the connections.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var call in _calls.Keys)
        {
            call.Dispose();
        }

        Http.Dispose();
    }

    internal void Track(ClientCall call)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _calls[call] = true;
        if (_disposed)
        {
            call.Dispose();
        }
    }

    internal void Untrack(ClientCall call) => _calls.TryRemove(call, out _);

    internal Uri FindTarget(IMethod method) =>
        _targets.GetOrAdd(method.FullName, static (path, address) => new Uri(address, path), Address);

    internal RetryPolicy? FindRetryPolicy(IMethod method) =>
        Options.ServiceConfig is { } config
            ? _methods.GetOrAdd(method.FullName, _ => config.Find(method.ServiceName, method.Name))?.RetryPolicy
            : null;

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The handler that a channel makes from these options: for a <see cref="GrpcChannelOptions.HttpHandler"/> that wraps it.</summary>
    public static SocketsHttpHandler CreateHandler(GrpcChannelOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.ClientCertificate is { } certificate)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, options.ClientIntermediates, offline: true);
        }

        if (options.TrustedRoots is { } roots)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        return new SocketsHttpHandler
        {
            SslOptions = tls,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = options.EnableMultipleHttp2Connections,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
    }
}
