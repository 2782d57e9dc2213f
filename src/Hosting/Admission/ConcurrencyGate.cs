using EContract.Hosting.Errors;
using EContract.Hsm;

namespace EContract.Hosting.Admission;

/// <summary>
/// A bounded number of calls at a time. When all places are taken, calls wait in their class: a free place goes to the most urgent
/// class, and within it to the one that waits longest. The less urgent a class, the fewer places it may hold, so that load tests and
/// archive jobs never leave a person without one.
/// </summary>
public sealed class ConcurrencyGate
{
    private static readonly int Classes = Enum.GetValues<TokenPriority>().Length;

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private int[] _allowed = [];
    private int _maxWaiting;
    private TimeSpan _maxWait;
    private readonly int[] _running = new int[Classes];
    private readonly LinkedList<TaskCompletionSource>[] _waiting =
    [
        .. Enumerable.Range(0, Classes).Select(_ => new LinkedList<TaskCompletionSource>()),
    ];

    public ConcurrencyGate(AdmissionOptions options, TimeProvider time)
    {
        _time = time;
        Replace(options);
    }

    /// <summary>Calls that wait for a place.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Sum(queue => queue.Count);
            }
        }
    }

    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _running.Sum();
            }
        }
    }

    /// <summary>True when the queue is so full that further calls are refused.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Sum(queue => queue.Count) >= _maxWaiting;
            }
        }
    }

    /// <summary>Takes over changed limits. With more places, calls that wait get theirs; with fewer, those in progress go on to their end.</summary>
    public void Replace(AdmissionOptions options)
    {
        lock (_lock)
        {
            (_maxWaiting, _maxWait) = (options.MaxWaiting, options.MaxWait);
            _allowed =
            [
                options.MaxConcurrency,
                Math.Max(1, options.MaxConcurrency * options.RegistrationPercent / 100),
                Math.Max(1, options.MaxConcurrency * options.ArchivePercent / 100),
                Math.Max(1, options.MaxConcurrency * options.LoadPercent / 100),
            ];
            while (TryPass()) { }
        }
    }

    /// <summary>Waits for a place; <see cref="Leave"/> gives it back.</summary>
    /// <exception cref="ServiceException">OVERLOADED: the queue is full or the wait too long.</exception>
    public async ValueTask EnterAsync(TokenPriority priority, CancellationToken cancellationToken)
    {
        var (turn, maxWait) = Take(priority);
        if (turn is null)
        {
            return;
        }

        try
        {
            await turn.Value.Task.WaitAsync(maxWait, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            if (!TryWithdraw(priority, turn))
            {
                Leave(priority); // the turn came at the same moment: hand it on
            }

            throw exception is TimeoutException ? Overloaded() : exception;
        }
    }

    public void Leave(TokenPriority priority)
    {
        lock (_lock)
        {
            _running[(int)priority]--;
            TryPass();
        }
    }

    /// <summary>Gives a free place to the call that is next. False: there is none, or nobody waits for it. Under the lock.</summary>
    private bool TryPass()
    {
        for (var next = 0; next < Classes; next++)
        {
            if (_waiting[next].First is { } turn && HasPlace(next))
            {
                _waiting[next].RemoveFirst();
                _running[next]++;
                turn.Value.TrySetResult();
                return true;
            }
        }

        return false;
    }

    /// <summary>Null when there is a place at once.</summary>
    private (LinkedListNode<TaskCompletionSource>? Turn, TimeSpan MaxWait) Take(TokenPriority priority)
    {
        lock (_lock)
        {
            var own = (int)priority;
            if (HasPlace(own) && _waiting.Take(own + 1).All(queue => queue.Count == 0))
            {
                _running[own]++;
                return (null, TimeSpan.Zero);
            }

            return _waiting.Sum(queue => queue.Count) < _maxWaiting
                ? (_waiting[own].AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)), _maxWait)
                : throw Overloaded();
        }
    }

    /// <summary>False when the turn has come already.</summary>
    private bool TryWithdraw(TokenPriority priority, LinkedListNode<TaskCompletionSource> turn)
    {
        lock (_lock)
        {
            if (turn.List is null)
            {
                return false;
            }

            _waiting[(int)priority].Remove(turn);
            return true;
        }
    }

    /// <summary>A class holds at most its share, counted with all classes less urgent than itself.</summary>
    private bool HasPlace(int own) => _running.Sum() < _allowed[0] && _running.Skip(own).Sum() < _allowed[own];

    private static ServiceException Overloaded() =>
        new(Fault.Overloaded, "The server has more calls than it can serve.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
