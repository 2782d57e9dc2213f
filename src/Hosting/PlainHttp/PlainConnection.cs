using System.Net.Sockets;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// A connection that no request has taken to Kestrel yet. It is either watched (armed in the epoll instance) or taken by one thread,
/// which alone may read, write, hand over or close it.
/// </summary>
internal sealed class PlainConnection(long id, Socket socket)
{
    private readonly Lock _lock = new();
    private bool _isWatched; // by _lock
    private bool _isKnown; // to the epoll instance; by _lock
    private long _watchedSince; // by _lock

    public long Id { get; } = id;

    public Socket Socket { get; } = socket;

    /// <summary>Watches it; whoever had taken it must not touch it any more.</summary>
    public void Watch(Epoll epoll, long now)
    {
        // With the lock: between the mark and the call another thread could take it, close it, and the descriptor be another's.
        lock (_lock)
        {
            epoll.Arm(Socket, Id, _isKnown);
            _isKnown = true;
            _isWatched = true;
            _watchedSince = now;
        }
    }

    /// <summary>true: the caller has taken it. It was watched since before <paramref name="before"/>.</summary>
    public bool TryTake(long before = long.MaxValue)
    {
        lock (_lock)
        {
            var taken = _isWatched && _watchedSince < before;
            _isWatched &= !taken;
            return taken;
        }
    }
}
