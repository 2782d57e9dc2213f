namespace EContract.Tsa.Tokens;

/// <summary>
/// Lets a bounded number of requests sign side by side and a bounded number wait: beyond that a refusal now is worth more to the
/// caller than a token too late.
/// </summary>
internal sealed class SigningGate(int concurrency, int maxQueue, TimeSpan timeout) : IDisposable
{
    private readonly SemaphoreSlim _free = new(concurrency, concurrency);
    private int _waiting; // by Interlocked

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>true: go on, and <see cref="Leave"/> afterwards. Doesn't wait.</summary>
    public bool TryEnter() => _free.Wait(0);

    /// <summary>
    /// <see cref="EnterAsync"/> on a thread that does nothing else meanwhile. It waits in the one queue: a thread that waits for the
    /// semaphore itself would always go before those who wait without one.
    /// </summary>
    public bool Enter()
    {
        ValueTask<bool> entering = EnterAsync(CancellationToken.None);
        return entering.IsCompletedSuccessfully ? entering.Result : entering.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>false: too many wait already, or it took too long.</summary>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > maxQueue)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        try
        {
            return await _free.WaitAsync(timeout, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Leave() => _free.Release();

    public void Dispose() => _free.Dispose();
}
