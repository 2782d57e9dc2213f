using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;

namespace EContract.Hosting.PlainHttp;

/// <summary>The connections that are not Kestrel's yet, no more than a bound, and the ways out of here: to Kestrel, or closed.</summary>
internal sealed class PlainConnections(Action<Socket> toKestrel, int max, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<long, PlainConnection> _open = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Epoll _epoll = new();
    private readonly ManualResetEventSlim _stopping = new();
    private long _lastId; // by the accept loop
    private int _count; // by Interlocked
    private volatile bool _isStalled;

    public int Count => Volatile.Read(ref _count);

    public bool IsStopping => _stopping.IsSet;

    /// <summary>All threads are held up: what comes now goes to Kestrel at once.</summary>
    public bool IsStalled
    {
        get => _isStalled;
        set => _isStalled = value;
    }

    /// <summary>Takes a connection that was just accepted; called by one thread at a time, and not after <see cref="StopAsync"/>.</summary>
    public void Accepted(Socket socket)
    {
        // Only the one accept loop adds, so that the bound holds without a lock.
        if (_isStalled || Count >= max)
        {
            PlainHttpMetrics.Left(_isStalled ? PlainHttp.HandOver.Stalled : PlainHttp.HandOver.Full);
            toKestrel(socket);
            return;
        }

        socket.Blocking = false;
        Interlocked.Increment(ref _count);
        var connection = new PlainConnection(++_lastId, socket);
        _open[connection.Id] = connection;
        PlainHttpMetrics.Count(1);
        try
        {
            Watch(connection, isMore: false);
        }
        catch (Win32Exception)
        {
            // the kernel watches no more for this user
            HandOver(connection, PlainHttp.HandOver.Full);
        }
    }

    /// <summary>Waits for the end, at most so long; true: it has come.</summary>
    public bool WaitForStop(TimeSpan timeout) => _stopping.Wait(timeout);

    /// <summary>Waits for a connection that is ready; null when it was another's, or all is over.</summary>
    public PlainConnection? Next() =>
        _epoll.Wait(out var id, out var isClosed) && _open.TryGetValue(id, out var connection) && connection.TryTakeTold(isClosed)
            ? connection
            : null;

    /// <summary>The caller has taken it and gives it back, to wait for its next request.</summary>
    /// <param name="connection">Not to be touched afterwards.</param>
    /// <param name="isMore">There may be something to read that was told of already.</param>
    public void Watch(PlainConnection connection, bool isMore)
    {
        connection.Watch(_epoll, time.GetTimestamp(), isMore);
        // Stop may have looked at it while it was taken.
        if (IsStopping && connection.TryTake())
        {
            HandOver(connection, PlainHttp.HandOver.Stopping);
        }
    }

    /// <summary>The caller has taken it; Kestrel goes on with what was not consumed.</summary>
    public void HandOver(PlainConnection connection, HandOver reason)
    {
        Forget(connection);
        PlainHttpMetrics.Left(reason);
        connection.Socket.Blocking = true;
        toKestrel(connection.Socket);
        Forgotten();
    }

    /// <summary>The caller has taken it.</summary>
    public void Close(PlainConnection connection)
    {
        Forget(connection);
        connection.Socket.Dispose();
        Forgotten();
    }

    /// <summary>Hands over those that nobody has taken and that were watched since before then.</summary>
    public void HandOverWatched(HandOver reason, long before = long.MaxValue)
    {
        foreach (var (_, connection) in _open)
        {
            if (connection.TryTake(before))
            {
                HandOver(connection, reason);
            }
        }
    }

    /// <summary>Hands all over, those in the middle of a request after its answer; done when there is none left.</summary>
    public Task StopAsync()
    {
        _stopping.Set();
        _epoll.Wake();
        HandOverWatched(PlainHttp.HandOver.Stopping);
        Complete();
        return _empty.Task;
    }

    /// <summary>Closes what is left: held up in an answer, or by a reader. Who holds it finds it closed.</summary>
    public void Abort()
    {
        foreach (var (_, connection) in _open)
        {
            connection.Socket.Dispose();
        }
    }

    /// <summary>Called by the last thread that waits.</summary>
    public void Dispose() => _epoll.Dispose();

    private void Forget(PlainConnection connection)
    {
        if (_open.TryRemove(connection.Id, out _))
        {
            try
            {
                _epoll.Remove(connection.Socket);
            }
            catch (Exception e) when (e is Win32Exception or ObjectDisposedException)
            {
                // closed meanwhile, it or all: then the kernel has forgotten it
            }
        }
    }

    private void Forgotten()
    {
        PlainHttpMetrics.Count(-1);
        Interlocked.Decrement(ref _count);
        Complete();
    }

    private void Complete()
    {
        if (IsStopping && Count == 0)
        {
            _empty.TrySetResult();
        }
    }
}
