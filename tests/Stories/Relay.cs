using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EContract.Stories.Tests;

/// <summary>A wire between two processes that a story can cut and mend. Cut, the port refuses connections like that of a dead process.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> _ends = new();
    private readonly int _target;
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    public Relay(int target)
    {
        _target = target;
        Mend();
    }

    public int Port { get; private set; }

    public void Cut()
    {
        _listener?.Stop();
        _listener = null;
        foreach (var end in _ends.Keys)
        {
            end.Dispose();
        }
    }

    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using var far = new TcpClient();
        (_ends[near], _ends[far]) = (true, true);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // An end is gone: so is the other.
        }
        finally
        {
            _ends.TryRemove(near, out _);
            _ends.TryRemove(far, out _);
            near.Dispose();
        }
    }
}
