using EContract.Hsm.Native;

namespace EContract.Hsm.Sessions;

/// <summary>
/// Open sessions for the holders of permits. It opens one when none is idle, so there are never more than permits, plus
/// those that hang and are written off. Sessions of an earlier initialisation of the module are forgotten, not closed.
/// </summary>
internal sealed class SessionPool(Admission admission, Func<Session> open, int capacity, TimeProvider time, long callTimeout)
{
    private const int Idle = 0;
    private const int Rented = 1;
    private const int WrittenOff = 2;
    private readonly Lock _lock = new();
    private readonly Stack<Session> _idle = new(capacity);
    private readonly Session?[] _rented = new Session?[capacity];
    private long _epoch;
    private int _open;

    /// <summary>Sessions open now, idle, rented or hanging.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>A session for the holder of a permit.</summary>
    public Session Take(TokenPriority priority, TokenCall? call)
    {
        Session? session = null;
        lock (_lock)
        {
            if (_idle.TryPop(out session))
            {
                Register(session);
            }
        }

        if (session is null)
        {
            session = open();
            Interlocked.Increment(ref _open);
            lock (_lock)
            {
                Register(session);
            }
        }

        session.Priority = priority;
        session.Call = call;
        session.CallTimeout = callTimeout;
        return session;
    }

    /// <summary>Gives a session back and leaves the admission; closes the session if it is of no more use.</summary>
    public void Return(Session session, bool isUsable)
    {
        if (Interlocked.CompareExchange(ref session.State, Idle, Rented) == WrittenOff)
        {
            lock (_lock)
            {
                // The watchdog answers the call under this lock; only then may the call be used for another caller.
                session.Call = null;
            }

            CloseNatively(session);
            admission.Found();
            return;
        }

        session.Call = null;
        var close = !isUsable || session.IsDirty;
        lock (_lock)
        {
            _rented[session.RentedIndex] = null;
            close |= session.Epoch != _epoch;
            if (!close)
            {
                _idle.Push(session);
            }
        }

        if (close)
        {
            CloseNatively(session);
        }

        admission.Exit(session.Priority);
    }

    /// <summary>Closes the idle sessions: one of them was found dead, so the others are likely to be dead as well.</summary>
    public void CloseIdle()
    {
        while (true)
        {
            Session session;
            lock (_lock)
            {
                if (!_idle.TryPop(out session!))
                {
                    return;
                }
            }

            CloseNatively(session);
        }
    }

    /// <summary>The module was finalised, all its sessions are gone. Only while nobody holds a permit.</summary>
    public void BeginEpoch(long epoch)
    {
        lock (_lock)
        {
            _open -= _idle.Count;
            _idle.Clear();
            _epoch = epoch;
        }
    }

    /// <summary>Writes off the sessions whose native call takes too long; returns what they hang in.</summary>
    public IReadOnlyList<string> WriteOffHanging()
    {
        List<string>? functions = null;
        var now = time.GetTimestamp();
        for (var i = 0; i < _rented.Length; i++)
        {
            var session = Volatile.Read(ref _rented[i]);
            if (
                session is null
                || (session.Companion ?? session).CallStarted is not (> 0 and var started)
                || now - started < session.CallTimeout
            )
            {
                continue;
            }

            lock (_lock)
            {
                if (Interlocked.CompareExchange(ref session.State, WrittenOff, Rented) != Rented)
                {
                    continue;
                }

                _rented[i] = null;
                session.Call?.Fail(Hanging(session));
            }

            (functions ??= []).Add((session.Companion ?? session).Function);
            admission.Lose(session.Priority);
        }

        return functions ?? (IReadOnlyList<string>)[];
    }

    private HsmException Hanging(Session session) =>
        new(
            session.Function,
            Ckr.CKR_OK,
            HsmFault.Hanging,
            $"no answer in {session.CallTimeout / (double)time.TimestampFrequency:0.#} s; the session is written off"
        );

    private void Register(Session session)
    {
        var free = Array.IndexOf(_rented, null);
        session.RentedIndex = free;
        session.State = Rented;
        _rented[free] = session;
    }

    private void CloseNatively(Session session)
    {
        Interlocked.Decrement(ref _open);
        if (session.Epoch == Volatile.Read(ref _epoch))
        {
            session.Close();
        }
    }
}
