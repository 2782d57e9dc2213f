using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// Kestrel's transport for a <see cref="PlainHttpEndPoint"/> where a role answers plain requests. For any other address, or none to
/// answer, or another system than Linux, Kestrel takes its own.
/// </summary>
internal sealed class PlainHttpTransport(
    IEnumerable<PlainRoutes> routes,
    IOptions<KestrelServerOptions> kestrel,
    IOptions<SocketTransportOptions> sockets,
    IConfiguration configuration,
    TimeProvider time,
    ILoggerFactory loggers
) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly PlainRoutes[] _routes = [.. routes.Where(role => role.Routes.Count > 0)];

    public bool CanBind(EndPoint endpoint) =>
        endpoint is PlainHttpEndPoint
        && _routes.Length > 0
        && OperatingSystem.IsLinux()
        // A restriction to host names is Kestrel's pipeline to enforce.
        && configuration["AllowedHosts"] is null or "" or "*";

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listen = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            listen.Listen(sockets.Value.Backlog);
        }
        catch (SocketException e)
        {
            listen.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse ? new AddressInUseException(e.Message, e) : e;
        }

        var logger = loggers.CreateLogger<PlainHttpTransport>();
        return new ValueTask<IConnectionListener>(
            new PlainHttpListener(
                listen,
                new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), logger),
                _routes,
                new PlainHttpOptions { NamesServer = kestrel.Value.AddServerHeader },
                time,
                logger
            )
        );
    }
}
