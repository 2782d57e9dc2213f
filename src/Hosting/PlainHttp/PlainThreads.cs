using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// The threads that answer plain requests. Each waits for a connection that is ready, looks at what came without consuming it,
/// answers on the spot and sends, so that a request costs no switch of threads; or hands the connection to Kestrel. A further thread
/// watches them: should all be held up, by a token that hangs for example, the others' connections go to Kestrel.
/// </summary>
internal sealed class PlainThreads
{
    private const int MaxRequest = 4096;
    private const int StalledAfter = 2; // looks without progress
    private const int IdleLooks = 10; // between two searches for idle connections
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private readonly PlainConnections _connections;
    private readonly PlainRoute[] _routes;
    private readonly PlainHttpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _threads;
    private int _alive; // by Interlocked
    private int _busy; // by Interlocked
    private long _answered; // by Interlocked

    public PlainThreads(
        PlainConnections connections,
        IReadOnlyCollection<PlainRoutes> routes,
        PlainHttpOptions options,
        TimeProvider time,
        ILogger logger
    )
    {
        (_connections, _options, _time, _logger) = (connections, options, time, logger);
        _routes = [.. routes.SelectMany(role => role.Routes)];
        _threads = routes.Sum(role => role.Threads);
    }

    public void Start()
    {
        _alive = _threads;
        for (var i = 0; i < _threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = "plain HTTP" }.Start();
        }

        new Thread(Look) { IsBackground = true, Name = "plain HTTP watch" }.Start();
    }

    private void Work()
    {
        var received = new byte[MaxRequest];
        var reply = new PlainReply(_time, _options.NamesServer);
        while (!_connections.IsStopping)
        {
            if (_connections.Next() is not { } connection)
            {
                continue;
            }

            Interlocked.Increment(ref _busy);
            try
            {
                Serve(connection, received, reply);
            }
            catch (Exception e) when (e is ObjectDisposedException or Win32Exception)
            {
                _connections.Close(connection); // the server's stop took too long
            }

            Interlocked.Increment(ref _answered);
            Interlocked.Decrement(ref _busy);
        }

        if (Interlocked.Decrement(ref _alive) == 0)
        {
            _connections.Dispose();
        }
    }

    private void Serve(PlainConnection connection, byte[] buffer, PlainReply reply)
    {
        var socket = connection.Socket;
        // A look only: until a request turns out to be plain, it is Kestrel's.
        var count = socket.Receive(buffer, SocketFlags.Peek, out var error);
        if (error == SocketError.WouldBlock)
        {
            _connections.Watch(connection, isMore: false);
            return;
        }

        if (error != SocketError.Success || count == 0)
        {
            _connections.Close(connection);
            return;
        }

        if (!PlainRequest.TryParse(buffer.AsSpan(0, count), _routes, out var request))
        {
            _connections.HandOver(connection, HandOver.NotPlain);
            return;
        }

        var started = PlainHttpMetrics.Start();
        if (!TryAnswer(request, reply))
        {
            _connections.HandOver(connection, HandOver.Failed);
            return;
        }

        PlainHttpMetrics.Answered(request.Route, started);
        if (socket.Receive(buffer.AsSpan(0, request.Length), SocketFlags.None, out _) != request.Length)
        {
            _connections.Close(connection);
            return;
        }

        // What comes after that look is told. What came before, and behind this request, was told with it.
        Send(connection, reply.Written, isMore: count > request.Length || count == buffer.Length);
    }

    private bool TryAnswer(in PlainRequest request, PlainReply reply)
    {
        reply.Begin(request.Route);
        try
        {
            request.Route.Answer(request.Body, reply);
            return !reply.Written.IsEmpty;
        }
#pragma warning disable CA1031 // on a thread of our own it would end the process; Kestrel tries again and answers 500
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.LogError(e, "A plain request to {Path} failed", request.Route.Path);
            return false;
        }
    }

    private void Send(PlainConnection connection, ReadOnlySpan<byte> reply, bool isMore)
    {
        var sent = connection.Socket.Send(reply, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            _connections.Close(connection);
        }
        else if (sent < reply.Length)
        {
            _ = SendRestAsync(connection, reply[sent..].ToArray());
        }
        else if (_connections.IsStopping)
        {
            _connections.HandOver(connection, HandOver.Stopping);
        }
        else
        {
            _connections.Watch(connection, isMore);
        }
    }

    // A reader who is slow waits without a thread, and then is Kestrel's: it measures how slow he may be.
    private async Task SendRestAsync(PlainConnection connection, ReadOnlyMemory<byte> rest)
    {
        try
        {
            using var late = new CancellationTokenSource(_options.SendTimeout, _time);
            connection.Socket.Blocking = true;
            while (!rest.IsEmpty)
            {
                rest = rest[await connection.Socket.SendAsync(rest, late.Token)..];
            }

            _connections.HandOver(connection, HandOver.SlowReader);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            _connections.Close(connection);
        }
    }

    private void Look()
    {
        var (answered, still) = (0L, 0);
        for (var look = 1; !_connections.WaitForStop(LookInterval); look++)
        {
            var now = Interlocked.Read(ref _answered);
            still = Volatile.Read(ref _busy) == _threads && now == answered ? still + 1 : 0;
            answered = now;
            _connections.IsStalled = still >= StalledAfter;
            if (_connections.IsStalled)
            {
                _connections.HandOverWatched(HandOver.Stalled);
            }
            else if (look % IdleLooks == 0)
            {
                var before = _time.GetTimestamp() - (long)(_options.IdleTime.TotalSeconds * _time.TimestampFrequency);
                _connections.HandOverWatched(HandOver.Idle, before);
            }
        }
    }
}
