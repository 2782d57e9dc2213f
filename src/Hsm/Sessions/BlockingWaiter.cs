namespace EContract.Hsm.Sessions;

/// <summary>A thread that waits for its permit. Each thread has one and uses it again and again.</summary>
internal sealed class BlockingWaiter : Waiter, IDisposable
{
    [ThreadStatic]
    private static BlockingWaiter? t_own;
    private readonly ManualResetEventSlim _answered = new();
    private HsmException? _refusal;

    public static BlockingWaiter OfThisThread => t_own ??= new BlockingWaiter();

    public void Reset()
    {
        _refusal = null;
        _answered.Reset();
    }

    /// <summary>False at the timeout; throws the refusal or <see cref="OperationCanceledException"/>.</summary>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!_answered.Wait(timeout, cancellationToken))
        {
            return false;
        }

        return _refusal is null ? true : throw _refusal;
    }

    /// <summary>Waits for an answer that is certain to come.</summary>
    public void WaitForAnswer()
    {
        _answered.Wait();
        if (_refusal is not null)
        {
            throw _refusal;
        }
    }

    internal override void Granted() => _answered.Set();

    internal override void Refused(HsmException reason)
    {
        _refusal = reason;
        _answered.Set();
    }

    public void Dispose() => _answered.Dispose();
}
