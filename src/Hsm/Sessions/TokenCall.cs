namespace EContract.Hsm.Sessions;

/// <summary>
/// An asynchronous call: waits for its permit without a thread, runs on one of the <see cref="CallThreads"/>, and is
/// answered once: by its result, its failure, its caller's cancellation or the watchdog, whichever comes first.
/// </summary>
internal abstract class TokenCall(TokenCore core) : Waiter
{
    private int _answered;

    protected TokenCore Core { get; } = core;

    /// <summary>True for the one who may answer.</summary>
    protected bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;

    protected bool IsAnswered => Volatile.Read(ref _answered) != 0;

    protected void Renew() => _answered = 0;

    /// <summary>Answers with a failure unless it has been answered.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Does the native work; the permit is held, and left by the core.</summary>
    public abstract void Run();

    internal override void Granted() => Core.Threads.Post(this);

    internal override void Refused(HsmException reason) => Fail(reason);
}
