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
    private readonly Lock _lock = new();
    private readonly WaiterQueue[] _queues = [new(), new(), new(), new()];
    private int _inUse;
    private int _background;
    private int _lost;
    private int _waiting;
    private long _sequence;
    private long _grants;
    private bool _paused;
    private string _why = "";
    private HsmException? _closed;
    private TaskCompletionSource? _drained;

    public int InUse => Volatile.Read(ref _inUse);

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Calls that hang: their permits were given to others, but no recovery may start before they are back.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Takes a permit on this thread.</summary>
    /// <exception cref="HsmException">Refused, or the wait was too long.</exception>
    public void Enter(TokenPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
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
        lock (_lock)
        {
            if (!TryTake(waiter.Priority))
            {
                waiter.Expires = time.GetTimestamp() + (long)(waitTimeout.TotalSeconds * time.TimestampFrequency);
                Enqueue(waiter);
                return;
            }
        }

        waiter.Granted();
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
        }

        GrantWaiting();
    }

    /// <summary>A lost holder has come back.</summary>
    public void Found()
    {
        lock (_lock)
        {
            _lost--;
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
        _paused
            ? new("wait", Ckr.CKR_OK, HsmFault.Unavailable, $"the token didn't come back in {waitTimeout.TotalSeconds:0.#} s: {_why}")
            : new("wait", Ckr.CKR_OK, HsmFault.Busy, $"no session became free in {waitTimeout.TotalSeconds:0.#} s");

    private bool TryTake(TokenPriority priority)
    {
        if (_closed is not null)
        {
            throw new HsmException(_closed.Function, _closed.Ckr, _closed.Fault, _closed.Message, _closed);
        }

        if (_lost >= 4 * permits)
        {
            throw new HsmException("wait", Ckr.CKR_OK, HsmFault.Unavailable, $"{_lost} native calls hang");
        }

        if (_paused || _inUse == permits || _queues[(int)priority].Count > 0 || !HasShare(priority) || MoreUrgentWaits(priority))
        {
            return false;
        }

        Take(priority);
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

    private void Take(TokenPriority priority)
    {
        _inUse++;
        if (IsBackground(priority))
        {
            _background++;
        }
    }

    private void Release(TokenPriority priority)
    {
        _inUse--;
        if (IsBackground(priority))
        {
            _background--;
        }

        SignalIfDrained();
    }

    private void SignalIfDrained()
    {
        if (_drained is not null && _inUse == 0 && _lost == 0)
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
    }

    private void Dequeue(Waiter waiter)
    {
        _queues[(int)waiter.Priority].Remove(waiter);
        _waiting--;
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
            if (_paused || _closed is not null || _inUse == permits)
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

            if (next is null)
            {
                return false;
            }

            Dequeue(next);
            Take(next.Priority);
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
