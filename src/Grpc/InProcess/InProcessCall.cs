using EContract.Grpc.Calls;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace EContract.Grpc.InProcess;

/// <summary>
/// One call: what both ends share, and the context that the handler sees. The first of these ends it for the caller: the server's
/// status, the caller's cancellation, the deadline.
/// </summary>
internal abstract class InProcessCall : ServerCallContext, IDisposable
{
    private readonly Lock _gate = new();
    private readonly InProcessChannel _channel;
    private readonly IMethod _method;
    private readonly string _host;
    private readonly CancellationToken _callerToken;
    private readonly CancellationToken _parentToken;
    private readonly DateTime? _deadline;
    private readonly Metadata _requestHeaders;

    // Owned by the handler.
    private Metadata? _responseTrailers;
    private Dictionary<object, object>? _userState;

    // All of these under _gate.
    private DeadlineTimer? _timer;
    private CancellationTokenRegistration _callerRegistration;
    private CancellationTokenRegistration _parentRegistration;
    private CancellationTokenSource? _aborted;
    private TaskCompletionSource<Metadata>? _headersAwaited;
    private Metadata? _responseHeaders;
    private Metadata? _trailers;
    private Status _finalStatus;
    private bool _isFinished;
    private bool _isAborted;

    protected InProcessCall(InProcessChannel channel, IMethod method, string? host, in CallOptions options)
    {
        channel.ThrowIfDisposed();
        if (options.Credentials is not null)
        {
            throw new InvalidOperationException("An in-process channel names its caller itself; it takes no call credentials.");
        }

        _channel = channel;
        _method = method;
        _host = host ?? channel.Target;
        _deadline = CallDeadline.Of(options);
        _callerToken = options.CancellationToken;
        _parentToken = options.PropagationToken is { Options.IsPropagateCancellation: true } parent
            ? parent.ParentCancellationToken
            : default;
        _requestHeaders = InProcessMetadata.Copy(options.Headers);
        WriteOptionsCore = options.WriteOptions;
    }

    /// <summary>Ended for the caller because it gave up, not because the server said so.</summary>
    public bool IsAborted
    {
        get
        {
            lock (_gate)
            {
                return _isAborted;
            }
        }
    }

    /// <summary>The handler has returned: the context and its streams are closed to it.</summary>
    public bool IsHandlerDone { get; private set; }

    protected InProcessServer Server => _channel.Server;

    /// <summary>The status and trailers that the caller sees, once the call is finished.</summary>
    public bool TryGetEnd(out Status status, out Metadata trailers)
    {
        lock (_gate)
        {
            status = _finalStatus;
            trailers = _trailers ?? Metadata.Empty;
            return _isFinished;
        }
    }

    public Task<Metadata> ResponseHeadersAsync()
    {
        lock (_gate)
        {
            if (_responseHeaders is not null)
            {
                return Task.FromResult(_responseHeaders);
            }

            _headersAwaited ??= new TaskCompletionSource<Metadata>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_isFinished)
            {
                FailHeaders(_headersAwaited);
            }

            return _headersAwaited.Task;
        }
    }

    public Status GetStatus() =>
        TryGetEnd(out var status, out _)
            ? status
            : throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    public Metadata GetTrailers() =>
        TryGetEnd(out _, out var trailers)
            ? trailers
            : throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");

    public void Dispose() => Abort(CallStatuses.Disposed);

    /// <summary>Ends the call from the caller's side; the handler's token is cancelled.</summary>
    public void Abort(Status status)
    {
        CancellationTokenSource? aborted;
        lock (_gate)
        {
            if (_isFinished)
            {
                return;
            }

            Finish(status, new Metadata());
            _isAborted = true;
            aborted = _aborted;
        }

        _channel.Untrack(this);

        // Neither end's continuations run on the thread that happens to cancel.
        _ = aborted?.CancelAsync();
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.PublishEnd(), this, preferLocal: false);
    }

    /// <summary>Runs the handler, unless the call is over before it begins.</summary>
    public abstract void Start();

    /// <summary>A call that never reaches a handler.</summary>
    public void Refuse(Status status)
    {
        if (TryFinish(status, new Metadata()))
        {
            PublishEnd();
        }
    }

    /// <summary>The caller has all that the server sent. False if the call ended otherwise before.</summary>
    protected bool TryFinish(Status status, Metadata trailers)
    {
        lock (_gate)
        {
            if (_isFinished)
            {
                return false;
            }

            Finish(status, trailers);
            _responseHeaders ??= [];
        }

        _channel.Untrack(this);
        return true;
    }

    /// <summary>Tells whoever waits for the call.</summary>
    protected void PublishEnd()
    {
        TaskCompletionSource<Metadata>? headers;
        lock (_gate)
        {
            headers = _headersAwaited;
            if (headers is not null && _responseHeaders is null)
            {
                FailHeaders(headers);
            }
        }

        if (_responseHeaders is not null)
        {
            headers?.TrySetResult(_responseHeaders);
        }

        OnFinished();
    }

    /// <summary>The call is finished; <see cref="TryGetEnd"/> tells how.</summary>
    protected abstract void OnFinished();

    /// <summary>Enters the server and starts deadline and cancellation. False if the call is finished already.</summary>
    protected bool TryBegin()
    {
        if (!Server.TryEnter())
        {
            Refuse(new Status(StatusCode.Unavailable, "The server is shutting down."));
            return false;
        }

        Arm();
        if (!TryGetEnd(out _, out _))
        {
            return true;
        }

        Server.Exit();
        return false;
    }

    protected void Track() => _channel.Track(this);

    /// <summary>The handler returned: what the server says of the call.</summary>
    /// <param name="failure">What the handler threw, or null.</param>
    protected (Status Status, Metadata Trailers) EndHandler(Exception? failure)
    {
        IsHandlerDone = true;
        Server.Exit();
        if (failure is null)
        {
            return (StatusCore, InProcessMetadata.Copy(_responseTrailers));
        }

        var refusal = failure as RpcException ?? Map(failure);
        return refusal is null
            ? (Unexpected(failure), InProcessMetadata.Copy(_responseTrailers))
            : (new Status(refusal.StatusCode, refusal.Status.Detail), InProcessMetadata.Copy(_responseTrailers, refusal.Trailers));
    }

    /// <summary>Response headers go before the first message if the handler did not send them.</summary>
    public void SendHeaders() => TrySendHeaders([]);

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        ThrowIfHandlerDone();
        return TrySendHeaders(InProcessMetadata.Copy(responseHeaders))
            ? Task.CompletedTask
            : throw new InvalidOperationException("Response headers can only be sent once per call.");
    }

    public void ThrowIfHandlerDone()
    {
        if (IsHandlerDone)
        {
            throw new InvalidOperationException("The call is complete.");
        }
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        new CallPropagationToken(_deadline, options ?? ContextPropagationOptions.Default, CancellationToken);

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => _host;

    protected override string PeerCore => _channel.Caller.Peer;

    protected override DateTime DeadlineCore => _deadline ?? DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _requestHeaders;

    protected override CancellationToken CancellationTokenCore
    {
        get
        {
            lock (_gate)
            {
                if (_aborted is null)
                {
                    _aborted = new CancellationTokenSource();
                    if (_isAborted)
                    {
                        _aborted.Cancel();
                    }
                }

                return _aborted.Token;
            }
        }
    }

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _channel.Caller.AuthContext;

    protected override IDictionary<object, object> UserStateCore => _userState ??= new(_channel.Caller.UserState);

    private void Arm()
    {
        if (_deadline is null && !_callerToken.CanBeCanceled && !_parentToken.CanBeCanceled)
        {
            return;
        }

        var time = Server.Options.Time;
        if (_deadline <= time.GetUtcNow().UtcDateTime)
        {
            Abort(CallStatuses.DeadlineExceeded);
            return;
        }

        var timer = _deadline is { } deadline
            ? new DeadlineTimer(deadline, time, static call => ((InProcessCall)call).Abort(CallStatuses.DeadlineExceeded), this)
            : null;
        var caller = _callerToken.UnsafeRegister(static call => ((InProcessCall)call!).Abort(CallStatuses.Cancelled), this);
        var parent = _parentToken.UnsafeRegister(static call => ((InProcessCall)call!).Abort(CallStatuses.Cancelled), this);
        lock (_gate)
        {
            (_timer, _callerRegistration, _parentRegistration) = (timer, caller, parent);
            if (_isFinished)
            {
                Disarm();
            }
        }
    }

    private void Finish(Status status, Metadata trailers)
    {
        _isFinished = true;
        _finalStatus = status;
        _trailers = trailers;
        Disarm();
    }

    private void Disarm()
    {
        // Unregister, not Dispose: it does not wait for a callback that runs just now, perhaps this very thread's.
        _timer?.Dispose();
        _callerRegistration.Unregister();
        _parentRegistration.Unregister();
    }

    private bool TrySendHeaders(Metadata headers)
    {
        TaskCompletionSource<Metadata>? awaited;
        lock (_gate)
        {
            if (_responseHeaders is not null)
            {
                return false;
            }

            _responseHeaders = headers;
            awaited = _isAborted ? null : _headersAwaited;
        }

        awaited?.TrySetResult(headers);
        return true;
    }

    private void FailHeaders(TaskCompletionSource<Metadata> headers)
    {
        headers.TrySetException(new RpcException(_finalStatus, _trailers!));
        _ = headers.Task.Exception; // the caller may never look
    }

    private RpcException? Map(Exception failure)
    {
        foreach (var mapper in Server.Options.ExceptionMappers)
        {
            if (mapper.Map(failure, this) is { } mapped)
            {
                return mapped;
            }
        }

        return null;
    }

    private Status Unexpected(Exception failure)
    {
        if (!IsAborted)
        {
            Server.Options.Logger?.LogError(failure, "Handler of {Method} failed", _method.FullName);
        }

        // The message may tell secrets or internals: it stays here.
        return HandlerFaults.Unexpected;
    }
}
