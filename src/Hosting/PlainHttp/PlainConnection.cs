using System.Net.Sockets;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// A connection that no request has taken to Kestrel yet. It is either watched, for the epoll instance to tell of it, or taken by one thread,
/// which alone may read, write, hand over or close it.
/// </summary>
internal sealed class PlainConnection(long id, Socket socket)
{
    private readonly Lock _lock = new();
    private bool _isWatched; // by _lock
    private bool _isKnown; // to the epoll instance; by _lock
    private bool _isMoreToTell; // something came while it was taken; by _lock
    private long _watchedSince; // by _lock

    public long Id { get; } = id;

    public Socket Socket { get; } = socket;

    /// <summary>Watches it; whoever had taken it must not touch it any more.</summary>
    /// <param name="isMore">There may be something to read that was told of already.</param>
    public void Watch(Epoll epoll, long now, bool isMore)
    {
        // With the lock: between the mark and the call another thread could take it, close it, and the descriptor be another's.
        lock (_lock)
        {
            if (!_isKnown)
            {
                epoll.Watch(Socket, Id);
                _isKnown = true;
            }
            else if (isMore || _isMoreToTell)
            {
                epoll.TellAgain(Socket, Id);
            }

            _isMoreToTell = false;
            _isWatched = true;
            _watchedSince = now;
        }
    }

    /// <summary>true: the caller, who was told of it, has taken it. Who has it already lets it be told again.</summary>
    public bool TryTakeTold(bool isClosed)
    {
        lock (_lock)
        {
            var taken = _isWatched;
            _isWatched = false;
            _isMoreToTell |= !taken || isClosed;
            return taken;
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
