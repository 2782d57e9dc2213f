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
    private const int Closing = 3;

    // Sessions in the table are idle or rented; State decides, by compare-and-swap, so that renting takes no lock.
    private readonly Session?[] _sessions = new Session?[capacity];
    private readonly Lock _watching = new();
    private long _epoch;
    private int _open;

    /// <summary>Sessions open now, idle, rented or hanging.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>A session for the holder of a permit.</summary>
    public Session Take(TokenPriority priority, TokenCall? call)
    {
        var session = TryTakeIdle() ?? OpenAnother();
        session.Priority = priority;
        session.CallTimeout = callTimeout;
        session.Call = call;
        session.UsesCopy = false;
        return session;
    }

    /// <summary>Gives a session back and leaves the admission; closes the session if it is of no more use.</summary>
    public void Return(Session session, bool isUsable)
    {
        var priority = session.Priority;
        var staysOpen = isUsable && session.Epoch == Volatile.Read(ref _epoch) && session.TryCancel();
        session.Call = null;
        if (Interlocked.CompareExchange(ref session.State, staysOpen ? Idle : Closing, Rented) == WrittenOff)
        {
            // The watchdog answers the call under this lock; only then may the call be used for another caller.
            lock (_watching) { }

            CloseNatively(session);
            admission.Found();
            return;
        }

        if (!staysOpen)
        {
            Remove(session);
            CloseNatively(session);
        }

        admission.Exit(priority);
    }

    /// <summary>Closes the idle sessions: one of them was found dead, so the others are likely to be dead as well.</summary>
    public void CloseIdle()
    {
        foreach (var session in _sessions)
        {
            if (session is not null && Interlocked.CompareExchange(ref session.State, Closing, Idle) == Idle)
            {
                Remove(session);
                CloseNatively(session);
            }
        }
    }

    /// <summary>The module was finalised, all its sessions are gone. Only while nobody holds a permit.</summary>
    public void BeginEpoch(long epoch)
    {
        for (var i = 0; i < _sessions.Length; i++)
        {
            if (Interlocked.Exchange(ref _sessions[i], null) is not null)
            {
                Interlocked.Decrement(ref _open);
            }
        }

        Volatile.Write(ref _epoch, epoch);
    }

    /// <summary>Writes off the sessions whose native call takes too long; returns what they hang in.</summary>
    public IReadOnlyList<string> WriteOffHanging()
    {
        List<string>? functions = null;
        var now = time.GetTimestamp();
        foreach (var session in _sessions)
        {
            if (
                session is null
                || session.State != Rented
                || session.AtWork.CallStarted is not (> 0 and var started)
                || now - started < session.CallTimeout
            )
            {
                continue;
            }

            lock (_watching)
            {
                if (Interlocked.CompareExchange(ref session.State, WrittenOff, Rented) != Rented)
                {
                    continue;
                }

                Remove(session);
                session.Call?.Fail(Hanging(session));
            }

            (functions ??= []).Add(session.AtWork.Function);
            admission.Lose(session.Priority);
        }

        return functions ?? (IReadOnlyList<string>)[];
    }

    private Session? TryTakeIdle()
    {
        // Each thread begins elsewhere, so that they don't all try the same one.
        var first = Environment.CurrentManagedThreadId % _sessions.Length;
        for (var i = 0; i < _sessions.Length; i++)
        {
            var at = first + i;
            var session = Volatile.Read(ref _sessions[at < _sessions.Length ? at : at - _sessions.Length]);
            if (session?.State == Idle && Interlocked.CompareExchange(ref session.State, Rented, Idle) == Idle)
            {
                return session;
            }
        }

        return null;
    }

    private Session OpenAnother()
    {
        var session = open();
        session.State = Rented;
        Interlocked.Increment(ref _open);
        // There is room: whoever holds a permit uses at most one place. It may be in the act of becoming free.
        for (var wait = new SpinWait(); ; wait.SpinOnce())
        {
            for (var i = 0; i < _sessions.Length; i++)
            {
                if (Interlocked.CompareExchange(ref _sessions[i], session, null) is null)
                {
                    return session;
                }
            }

            // Or idle ones fill it that were given back in the meantime: one of them makes room.
            if (TryTakeIdle() is { } idle)
            {
                Remove(idle);
                CloseNatively(idle);
            }
        }
    }

    private void Remove(Session session)
    {
        for (var i = 0; i < _sessions.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _sessions[i], null, session) == session)
            {
                return;
            }
        }
    }

    private HsmException Hanging(Session session) =>
        new(
            session.AtWork.Function,
            Ckr.CKR_OK,
            HsmFault.Hanging,
            $"no answer in {session.CallTimeout / (double)time.TimestampFrequency:0.#} s; the session is written off"
        );

    private void CloseNatively(Session session)
    {
        Interlocked.Decrement(ref _open);
        if (session.Epoch == Volatile.Read(ref _epoch))
        {
            session.Close();
        }
    }
}
