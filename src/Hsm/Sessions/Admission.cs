using System.Diagnostics.CodeAnalysis;
using EContract.Hsm.Native;

namespace EContract.Hsm.Sessions;

/// <summary>
/// Who may talk to the token: a bounded number of permits, handed out by priority and within one priority in order of
/// arrival. It is also the gate of recovery: paused, nobody gets in and one learns when the last has left; closed,
/// everybody is refused with the reason. Every native call is made under a permit, or by the recovery while nobody holds one.
/// </summary>
internal sealed class Admission(int permits, int backgroundPermits, int maxWaiting, TimeSpan waitTimeout, TimeProvider time)
{
    // Strict priority alone would starve load behind a steady stream of interactive calls: every eighth goes to the longest wait.
    private const int FairEvery = 8;

    // Flags above the number of permits in use, in one word: while no flag is set, entering and leaving is one
    // compare-and-swap and takes no lock. The flags are changed under the lock only.
    private const long Waits = 1L << 40;
    private const long IsShut = 1L << 41;
    private readonly Lock _lock = new();
    private readonly WaiterQueue[] _queues = [new(), new(), new(), new()];
    private long _state;
    private int _background;
    private int _lost;
    private int _waiting;
    private long _sequence;
    private long _grants;
    private bool _paused;
    private string _why = "";
    private HsmException? _closed;
    private TaskCompletionSource? _drained;

    public int InUse => (int)Volatile.Read(ref _state);

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Calls that hang: their permits were given to others, but no recovery may start before they are back.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Takes a permit on this thread.</summary>
    /// <exception cref="HsmException">Refused, or the wait was too long.</exception>
    public void Enter(TokenPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryEnterAtOnce(priority))
        {
            return;
        }

        BlockingWaiter waiter;
        lock (_lock)
        {
            if (TryTake(priority))
            {
                return;
            }

            waiter = BlockingWaiter.OfThisThread;
            waiter.Reset();
            waiter.Priority = priority;
            Enqueue(waiter);
        }

        // A permit may have been given back before the flag was up.
        GrantWaiting();

        var inTime = false;
        try
        {
            inTime = waiter.Wait(waitTimeout, cancellationToken);
        }
        catch (OperationCanceledException) when (!TryLeave(waiter))
        {
            // Granted or refused in the same instant: a permit must not get lost.
            waiter.WaitForAnswer();
            return;
        }

        if (!inTime)
        {
            if (TryLeave(waiter))
            {
                throw TooLong();
            }

            waiter.WaitForAnswer();
        }
    }

    /// <summary>Answers the waiter now or later, on any thread.</summary>
    public void Begin(Waiter waiter)
    {
        if (TryEnterAtOnce(waiter.Priority))
        {
            waiter.Granted();
            return;
        }

        bool taken;
        lock (_lock)
        {
            taken = TryTake(waiter.Priority);
            if (!taken)
            {
                waiter.Expires = time.GetTimestamp() + (long)(waitTimeout.TotalSeconds * time.TimestampFrequency);
                Enqueue(waiter);
            }
        }

        if (taken)
        {
            waiter.Granted();
        }
        else
        {
            GrantWaiting();
        }
    }

    /// <summary>Takes a waiter out of the queue; false if it has been answered already.</summary>
    public bool TryLeave(Waiter waiter)
    {
        lock (_lock)
        {
            if (!waiter.IsQueued)
            {
                return false;
            }

            Dequeue(waiter);
            return true;
        }
    }

    public void Exit(TokenPriority priority)
    {
        var state = Volatile.Read(ref _state);
        if (state < Waits && !IsBackground(priority) && Interlocked.CompareExchange(ref _state, state - 1, state) == state)
        {
            return;
        }

        lock (_lock)
        {
            Release(priority);
        }

        GrantWaiting();
    }

    /// <summary>The holder hangs in a native call: its permit goes to somebody else.</summary>
    public void Lose(TokenPriority priority)
    {
        lock (_lock)
        {
            _lost++;
            Release(priority);
            Show();
        }

        GrantWaiting();
    }

    /// <summary>A lost holder has come back.</summary>
    public void Found()
    {
        lock (_lock)
        {
            _lost--;
            Show();
            SignalIfDrained();
        }
    }

    /// <summary>Lets nobody in; the task completes when nobody is inside.</summary>
    public Task PauseAsync(string why)
    {
        lock (_lock)
        {
            _paused = true;
            _why = why;
            Show();
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            SignalIfDrained();
            return _drained.Task;
        }
    }

    /// <summary>Refuses everybody, those who wait too, until <see cref="Resume"/>. A pause stays a pause below it.</summary>
    public void Close(HsmException reason)
    {
        lock (_lock)
        {
            _closed = reason;
            Show();
        }

        while (TryTakeFirst(out var waiter))
        {
            waiter.Refused(reason);
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            _paused = false;
            _closed = null;
            _drained = null;
            Show();
        }

        GrantWaiting();
    }

    /// <summary>Refuses those whose wait was too long.</summary>
    public void Expire()
    {
        if (Waiting == 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        while (TryTakeExpired(now, out var waiter))
        {
            waiter.Refused(TooLong());
        }
    }

    private HsmException TooLong() =>
        _paused ? new("wait", Ckr.CKR_OK, HsmFault.Unavailable, $"the token didn't come back in {waitTimeout.TotalSeconds:0.#} s: {_why}")
        : Lost > 0
            ? new(
                "wait",
                Ckr.CKR_OK,
                HsmFault.Unavailable,
                $"no session became free in {waitTimeout.TotalSeconds:0.#} s: {Lost} native calls hang"
            )
        : new("wait", Ckr.CKR_OK, HsmFault.Busy, $"no session became free in {waitTimeout.TotalSeconds:0.#} s");

    private bool TryEnterAtOnce(TokenPriority priority)
    {
        var state = Volatile.Read(ref _state);
        return state < permits && !IsBackground(priority) && Interlocked.CompareExchange(ref _state, state + 1, state) == state;
    }

    /// <summary>One permit more in use, if there is one. Under the lock.</summary>
    private bool TryAdd()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if ((int)state >= permits)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, state + 1, state) == state)
            {
                return true;
            }
        }
    }

    /// <summary>Brings the flags up to date. Under the lock.</summary>
    private void Show()
    {
        var flags = (_waiting > 0 ? Waits : 0) | (_paused || _closed is not null || TooManyHang ? IsShut : 0);
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (Interlocked.CompareExchange(ref _state, (uint)state | flags, state) == state)
            {
                return;
            }
        }
    }

    private bool TooManyHang => _lost >= 4 * permits;

    private bool TryTake(TokenPriority priority)
    {
        if (_closed is not null)
        {
            throw new HsmException(_closed.Function, _closed.Ckr, _closed.Fault, _closed.Message, _closed);
        }

        if (TooManyHang)
        {
            throw new HsmException("wait", Ckr.CKR_OK, HsmFault.Unavailable, $"{_lost} native calls hang");
        }

        if (_paused || _queues[(int)priority].Count > 0 || !HasShare(priority) || MoreUrgentWaits(priority) || !TryAdd())
        {
            return false;
        }

        CountBackground(priority, 1);
        return true;
    }

    private bool MoreUrgentWaits(TokenPriority priority)
    {
        for (var p = 0; p < (int)priority; p++)
        {
            if (_queues[p].Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBackground(TokenPriority priority) => priority >= TokenPriority.Archive;

    private bool HasShare(TokenPriority priority) => !IsBackground(priority) || _background < backgroundPermits;

    private void CountBackground(TokenPriority priority, int change)
    {
        if (IsBackground(priority))
        {
            _background += change;
        }
    }

    private void Release(TokenPriority priority)
    {
        Interlocked.Decrement(ref _state);
        CountBackground(priority, -1);
        SignalIfDrained();
    }

    private void SignalIfDrained()
    {
        if (_drained is not null && InUse == 0 && _lost == 0)
        {
            _drained.TrySetResult();
        }
    }

    private void Enqueue(Waiter waiter)
    {
        if (_waiting >= maxWaiting)
        {
            throw new HsmException("wait", Ckr.CKR_OK, HsmFault.Busy, $"{_waiting} calls wait already");
        }

        waiter.Sequence = _sequence++;
        _queues[(int)waiter.Priority].Add(waiter);
        _waiting++;
        Show();
    }

    private void Dequeue(Waiter waiter)
    {
        _queues[(int)waiter.Priority].Remove(waiter);
        _waiting--;
        Show();
    }

    private void GrantWaiting()
    {
        while (Waiting > 0 && TryGrantNext(out var waiter))
        {
            waiter.Granted();
        }
    }

    private bool TryGrantNext([NotNullWhen(true)] out Waiter? next)
    {
        lock (_lock)
        {
            next = null;
            if (_paused || _closed is not null)
            {
                return false;
            }

            var fair = ++_grants % FairEvery == 0;
            foreach (var queue in _queues)
            {
                if (queue.First is { } first && HasShare(first.Priority))
                {
                    if (next is null || (fair && first.Sequence < next.Sequence))
                    {
                        next = first;
                    }
                }
            }

            if (next is null || !TryAdd())
            {
                next = null;
                return false;
            }

            Dequeue(next);
            CountBackground(next.Priority, 1);
            return true;
        }
    }

    private bool TryTakeFirst([NotNullWhen(true)] out Waiter? first)
    {
        lock (_lock)
        {
            foreach (var queue in _queues)
            {
                if (queue.First is { } waiter)
                {
                    Dequeue(waiter);
                    first = waiter;
                    return true;
                }
            }

            first = null;
            return false;
        }
    }

    private bool TryTakeExpired(long now, [NotNullWhen(true)] out Waiter? expired)
    {
        lock (_lock)
        {
            foreach (var queue in _queues)
            {
                // A blocking waiter sees to itself and never expires here.
                for (var waiter = queue.First; waiter is not null; waiter = waiter.Next)
                {
                    if (waiter.Expires < now)
                    {
                        Dequeue(waiter);
                        expired = waiter;
                        return true;
                    }
                }
            }

            expired = null;
            return false;
        }
    }
}
