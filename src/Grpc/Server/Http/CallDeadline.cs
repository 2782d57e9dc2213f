namespace EContract.Grpc.Server.Http;

/// <summary>
/// Watches the deadline of one call: cancels its token, then has the call answered with DEADLINE_EXCEEDED even if the handler takes no
/// notice of the token.
/// </summary>
internal sealed class CallDeadline : IAsyncDisposable
{
    // Longest time that timers can measure, some 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly HttpServerCallContext _call;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _aborted;
    private ITimer? _timer;
    private volatile bool _exceeded;

    public CallDeadline(HttpServerCallContext call, TimeSpan timeout, TimeProvider time)
    {
        _call = call;
        _time = time;
        _timeout = timeout;
        var now = time.GetUtcNow().UtcDateTime;
        Utc = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        _aborted = call.HttpContext.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public DateTime Utc { get; }

    public bool IsExceeded => _exceeded;

    /// <summary>Cancelled by the deadline and by the client.</summary>
    public CancellationToken Token => _source.Token;

    public void Start()
    {
        if (_timeout <= TimeSpan.Zero)
        {
            Exceed();
            return;
        }

        _timer = _time.CreateTimer(
            static state => ((CallDeadline)state!).Exceed(),
            this,
            _timeout < Longest ? _timeout : Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            // Waits for a callback under way, so that nothing touches the response after the request has ended.
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        await _aborted.DisposeAsync().ConfigureAwait(false);
        _source.Dispose();
    }

    private void Exceed()
    {
        _exceeded = true;
        _call.AnswerDeadlineExceeded();
        _source.Cancel();
    }
}
