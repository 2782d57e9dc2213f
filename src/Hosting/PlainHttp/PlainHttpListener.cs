using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// Accepts connections, serves their plain requests, and gives Kestrel those that bring any other. To Kestrel such a connection
/// looks as if it had just been accepted: nothing of the request has been read.
/// </summary>
internal sealed class PlainHttpListener : IConnectionListener
{
    // Other faults than a reset of the peer last: too many open files, for example.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private readonly Socket _listen;
    private readonly SocketConnectionContextFactory _kestrel;
    private readonly Channel<Socket> _handedOver = Channel.CreateUnbounded<Socket>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ILogger _logger;
    private readonly Task _accepting;
    private volatile bool _isStopping;

    public PlainHttpListener(
        Socket listen,
        SocketConnectionContextFactory kestrel,
        IReadOnlyCollection<PlainRoutes> routes,
        PlainHttpOptions options,
        TimeProvider time,
        ILogger logger
    )
    {
        (_listen, _kestrel, _logger) = (listen, kestrel, logger);
        EndPoint = listen.LocalEndPoint!;
        Connections = new PlainConnections(ToKestrel, options.MaxConnections, time);
        new PlainThreads(Connections, routes, options, time, logger).Start();
        _accepting = AcceptAllAsync();
    }

    public EndPoint EndPoint { get; }

    public PlainConnections Connections { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _handedOver.Reader.WaitToReadAsync(cancellationToken))
        {
            if (!_handedOver.Reader.TryRead(out var socket))
            {
                continue;
            }

            try
            {
                return _kestrel.Create(socket);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                socket.Dispose(); // gone meanwhile; an exception here would end Kestrel's accepting
            }
        }

        return null;
    }

    /// <summary>Every connection becomes Kestrel's, which knows how to end it.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _isStopping = true;
        _listen.Dispose();
        await _accepting;
        await Connections.StopAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _handedOver.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopping)
        {
            await UnbindAsync(new CancellationToken(canceled: true));
        }

        Connections.Abort();
        while (_handedOver.Reader.TryRead(out var socket))
        {
            socket.Dispose();
        }

        _kestrel.Dispose();
    }

    private void ToKestrel(Socket socket)
    {
        if (!_handedOver.Writer.TryWrite(socket))
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAllAsync()
    {
        while (!_isStopping)
        {
            try
            {
                var socket = await _listen.AcceptAsync();
                socket.NoDelay = true;
                Connections.Accepted(socket);
            }
            catch (Exception e) when (e is ObjectDisposedException || (e is SocketException && _isStopping))
            {
                return;
            }
            catch (SocketException e)
            {
                if (e.SocketErrorCode is not (SocketError.ConnectionReset or SocketError.ConnectionAborted))
                {
                    _logger.LogWarning(e, "No connection can be accepted at {EndPoint}", EndPoint);
                    await Task.Delay(AcceptPause);
                }
            }
        }
    }
}
