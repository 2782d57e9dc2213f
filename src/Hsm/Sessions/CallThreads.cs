using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace EContract.Hsm.Sessions;

/// <summary>
/// Threads of their own for native calls, so that a hanging token never takes threads of the thread pool. There are as
/// many as calls run at once; one that hangs is simply not there for the next call, and an idle one ends after a while.
/// A caller goes on on the thread that signed for him: should he hold it up, another takes its place.
/// </summary>
internal sealed class CallThreads(string name)
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    // Set while a thread gives back its last permit: what that grants, it runs itself, and nobody need be woken.
    [ThreadStatic]
    private static bool t_runsNextItself;

    // Set while a caller goes on on this thread: the first call he makes is left to it, for it will be back.
    [ThreadStatic]
    private static CallThreads? t_carries;

    [ThreadStatic]
    private static bool t_isWorker;
    private readonly object _lock = new();
    private readonly Queue<TokenCall> _ready = new();
    private int _parked;
    private bool _ended;
    private int _working; // threads in a call, those that carry a caller left out; by Interlocked

    public void Post(TokenCall call)
    {
        lock (_lock)
        {
            _ready.Enqueue(call);
            if (t_runsNextItself)
            {
                t_runsNextItself = false;
                return;
            }

            // Not if it is the only thread about: the caller may block before he awaits the call, and wait for himself.
            if (t_carries == this && Volatile.Read(ref _working) > 0)
            {
                t_carries = null;
                return;
            }

            if (_ready.Count <= _parked)
            {
                Monitor.Pulse(_lock);
                return;
            }
        }

        new Thread(Work) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Runs the last thing a call does under its permit; a call that is granted by it runs on this thread next.</summary>
    public static void Finish(SessionPool pool, Session session, bool isUsable)
    {
        t_runsNextItself = t_isWorker;
        pool.Return(session, isUsable);
        t_runsNextItself = false;
    }

    /// <summary>Lets who awaits a call go on on this thread, which made it and has given permit and session back.</summary>
    public void GoOn(ref ManualResetValueTaskSourceCore<int> caller, int result)
    {
        Interlocked.Decrement(ref _working);
        t_carries = this;
        try
        {
            caller.SetResult(result);
        }
        finally
        {
            t_carries = null;
            Interlocked.Increment(ref _working);
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Work()
    {
        t_isWorker = true;
        while (RunNext()) { }
    }

    // Apart, so that a parked thread keeps nothing of its last call alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext()
    {
        if (!TryNext(out var call))
        {
            return false;
        }

        Interlocked.Increment(ref _working);
        call.Run();
        Interlocked.Decrement(ref _working);
        return true;
    }

    private bool TryNext([NotNullWhen(true)] out TokenCall? call)
    {
        lock (_lock)
        {
            while (!_ready.TryDequeue(out call))
            {
                if (_ended)
                {
                    return false;
                }

                _parked++;
                var woken = Monitor.Wait(_lock, IdleTime);
                _parked--;
                if (!woken && _ready.Count == 0)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
