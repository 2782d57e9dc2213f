using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Grpc.Client;
using Microsoft.Extensions.Logging;

namespace EContract.Hosting.Tls;

/// <summary>
/// The client side of mutual TLS between processes. When the files have changed, which is looked at before a call but at most once a
/// second, the next calls go over new connections with the new certificate; calls under way end on the old ones. Faulty files are
/// refused and the former certificate stays.
/// </summary>
public sealed class PeerHandler : HttpMessageHandler
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly PeerFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerHandler> _logger;
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private Connections _current;
    private string _refused = "";
    private long _checkedAt;

    /// <exception cref="CryptographicException">The files don't fit together.</exception>
    public PeerHandler(PeerFiles files, TimeProvider time, ILogger<PeerHandler> logger)
    {
        (_files, _time, _logger) = (files, time, logger);
        _checkedAt = time.GetTimestamp();
        var version = files.Version;
        _current = new Connections(files.Load(), version);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connections = Enter();
        try
        {
            return await connections.Http.SendAsync(request, cancellationToken);
        }
        finally
        {
            Leave(connections);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _current.Http.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private Connections Enter()
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_checkedAt) >= CheckInterval)
            {
                _checkedAt = _time.GetTimestamp();
                Renew();
            }

            _current.Users++;
            return _current;
        }
    }

    private void Leave(Connections connections)
    {
        lock (_lock)
        {
            connections.Users--;
            CloseIfUnused(connections);
        }
    }

    private void Renew()
    {
        var version = _files.Version;
        if (version == _current.Version || version == _refused)
        {
            return;
        }

        try
        {
            var former = _current;
            _current = new Connections(_files.Load(), version);
            _logger.LogInformation(
                "Our certificate to peers is now {Subject}, valid until {NotAfter:u}",
                _current.Certificate.Subject,
                _current.Certificate.NotAfter.ToUniversalTime()
            );
            CloseIfUnused(former);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            _refused = version; // told once
            _logger.LogError(exception, "The changed files of Peers can't be used; the former certificate stays");
        }
    }

    /// <summary>A connection that is closed lets the streams end that are open on it, but nobody may still be about to open one.</summary>
    private void CloseIfUnused(Connections connections)
    {
        if (connections != _current && connections.Users == 0)
        {
            connections.Http.Dispose();
        }
    }

    private sealed class Connections(GrpcChannelOptions options, string version)
    {
        public string Version { get; } = version;

        public X509Certificate2 Certificate { get; } = options.ClientCertificate!;

        public HttpMessageInvoker Http { get; } = new(GrpcChannel.CreateHandler(options));

        public int Users { get; set; } // guarded by the handler's lock
    }
}
