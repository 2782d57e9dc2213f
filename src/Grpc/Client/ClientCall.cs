using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using EContract.Grpc.Calls;
using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>
/// One call over HTTP/2, of one or more attempts. The first of these ends it: the server's status, the caller's cancellation, the
/// deadline, a failure of the transport that is not retried.
/// </summary>
internal abstract class ClientCall : IDisposable
{
    private static readonly string UserAgent = "grpc-econtract/" + VersionInfo.CurrentVersion;
    private static readonly MediaTypeHeaderValue ContentType = new(ProtocolHeaders.ContentType);

    private readonly Lock _gate = new();
    private readonly CallOptions _options;
    private readonly string? _host;
    private readonly DateTime? _deadline;
    private readonly RequestMetadata _metadata = new();
    private readonly CancellationTokenSource _aborted = new();

    // All of these under _gate.
    private DeadlineTimer? _timer;
    private CancellationTokenRegistration _callerRegistration;
    private CancellationTokenRegistration _parentRegistration;
    private TaskCompletionSource<Metadata>? _headersAwaited;
    private Metadata? _responseHeaders;
    private Metadata? _trailers;
    private HttpResponseMessage? _response;
    private Status _finalStatus;
    private bool _isFinished;

    protected ClientCall(GrpcChannel channel, IMethod method, string? host, in CallOptions options)
    {
        Channel = channel;
        Method = method;
        _host = host;
        _options = options;
        _deadline = CallDeadline.Of(options);
        _metadata.Add(options.Headers);
    }

    protected GrpcChannel Channel { get; }

    protected IMethod Method { get; }

    protected bool Compress => _metadata.Compress;

    /// <summary>Cancelled when the call ends otherwise than by the server's status.</summary>
    protected CancellationToken Aborted => _aborted.Token;

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

    public void Start()
    {
        Channel.Track(this);
        Arm();
        if (!TryGetEnd(out _, out _))
        {
            _ = RunAsync();
        }
    }

    /// <summary>Ends the call from this side; the server gets RST_STREAM with CANCEL.</summary>
    public void Abort(Status status)
    {
        HttpResponseMessage? response;
        lock (_gate)
        {
            if (_isFinished)
            {
                return;
            }

            Finish(status, []);
            response = _response;
        }

        Channel.Untrack(this);

        // Whoever waits for the call does not continue on the thread that happens to cancel.
        ThreadPool.UnsafeQueueUserWorkItem(
            static ended =>
            {
                ended.Call._aborted.Cancel();
                ended.Response?.Dispose();
                ended.Call.PublishEnd();
            },
            (Call: this, Response: response),
            preferLocal: false
        );
    }

    /// <summary>The transport or the peer's bytes are at fault.</summary>
    public void Fail(Exception failure)
    {
        var status = TransportFaults.ToStatus(failure);

        // A server keeps the deadline too and may be the faster one: then its reset is the deadline's.
        Abort(status.StatusCode == StatusCode.Cancelled && IsPastDeadline ? CallStatuses.DeadlineExceeded : status);
    }

    /// <summary>Ends the call with what the trailers of the response say.</summary>
    public void FinishWithTrailers(HttpResponseMessage response, Status? instead = null)
    {
        var valid = ResponseMetadata.TryRead(response.TrailingHeaders, out var trailers);
        var status =
            ResponseMetadata.ReadStatus(response.TrailingHeaders) ?? new Status(StatusCode.Unknown, "The response has no grpc-status.");
        if (status.StatusCode == StatusCode.OK)
        {
            status = valid ? instead ?? status : new Status(StatusCode.Internal, "The server sent binary metadata that is not base64.");
        }

        FinishAsServerSaid(status, trailers);
    }

    /// <summary>An attempt begins: the body of its request.</summary>
    protected abstract HttpContent CreateContent();

    /// <summary>The server answers for good; nothing is tried again from here on.</summary>
    protected abstract Task ReceiveAsync(HttpResponseMessage response, MessageEncoding encoding);

    /// <summary>The call is finished; <see cref="TryGetEnd"/> tells how.</summary>
    protected abstract void OnFinished();

    /// <summary>The server ended the call: nothing of the request is being sent any more.</summary>
    protected virtual void ReleaseRequest() { }

    /// <summary>Whether an attempt that failed can be repeated: all that was sent is still there.</summary>
    protected virtual bool CanRepeat => true;

    /// <summary>Nothing sent needs to be kept any more.</summary>
    protected virtual void Commit() { }

    /// <summary>The status of a call that ended well with its headers: a stream may be empty, a single response may not.</summary>
    protected virtual Status EmptyEnd => Status.DefaultSuccess;

    private bool IsPastDeadline => _deadline <= Channel.Options.Time.GetUtcNow().UtcDateTime;

    private async Task RunAsync()
    {
        try
        {
            await AddCredentialsAsync().ConfigureAwait(false);
            RetryState? retry = null; // made by the first failure
            while (true)
            {
                Attempt failed;
                try
                {
                    var response = await SendAsync(retry?.PreviousAttempts ?? 0).ConfigureAwait(false);
                    var head = ResponseHead.Read(response);
                    if (head.End is not { } end)
                    {
                        Channel.Throttle?.Succeed();
                        await AcceptAsync(response, head).ConfigureAwait(false);
                        return;
                    }

                    failed = new Attempt(end, head.Metadata, ResponseMetadata.Find(response.Headers, ProtocolHeaders.RetryPushback), null);
                    response.Dispose();
                }
                catch (Exception e) when (!TryGetEnd(out _, out _))
                {
                    failed = new Attempt(TransportFaults.ToStatus(e), [], null, e);
                }

                retry ??= new RetryState(Channel, Channel.FindRetryPolicy(Method), _options.IsWaitForReady);
                if (retry.TryPlan(failed, CanRepeat, out var backoff))
                {
                    await Task.Delay(backoff, Channel.Options.Time, Aborted).ConfigureAwait(false);
                    continue;
                }

                End(failed);
                return;
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void End(Attempt last)
    {
        if (last.Failure is not null)
        {
            Fail(last.Failure);
        }
        else
        {
            FinishAsServerSaid(last.Status.StatusCode == StatusCode.OK ? EmptyEnd : last.Status, last.Trailers);
        }
    }

    private Task<HttpResponseMessage> SendAsync(int previousAttempts)
    {
        var target = Channel.FindTarget(Method);
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = CreateContent(),
        };
        request.Content.Headers.ContentType = ContentType;
        var headers = request.Headers;
        headers.Host = _host;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", UserAgent);
        headers.TryAddWithoutValidation(ProtocolHeaders.AcceptEncoding, ProtocolHeaders.AcceptedEncodings);
        if (Compress)
        {
            headers.TryAddWithoutValidation(ProtocolHeaders.Encoding, ProtocolHeaders.Gzip);
        }

        if (_deadline is { } deadline)
        {
            var left = deadline - Channel.Options.Time.GetUtcNow().UtcDateTime;
            headers.TryAddWithoutValidation(ProtocolHeaders.Timeout, GrpcTimeout.Format(left));
        }

        if (previousAttempts > 0)
        {
            headers.TryAddWithoutValidation(ProtocolHeaders.PreviousAttempts, previousAttempts.ToString(CultureInfo.InvariantCulture));
        }

        _metadata.CopyTo(headers);
        return Channel.Http.SendAsync(request, Aborted);
    }

    private async Task AcceptAsync(HttpResponseMessage response, ResponseHead head)
    {
        TaskCompletionSource<Metadata>? awaited;
        lock (_gate)
        {
            if (_isFinished)
            {
                response.Dispose();
                return;
            }

            _response = response;
            _responseHeaders = head.Metadata;
            awaited = _headersAwaited;
        }

        awaited?.TrySetResult(head.Metadata);
        Commit();
        await ReceiveAsync(response, head.Encoding).ConfigureAwait(false);
    }

    private async Task AddCredentialsAsync()
    {
        if (_options.Credentials is not { } credentials)
        {
            return;
        }

        if (Channel.Address.Scheme != Uri.UriSchemeHttps)
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, "Call credentials are not sent in clear text."));
        }

        var collector = new CallCredentialsCollector();
        credentials.InternalPopulateConfiguration(collector, null);
        var context = new AuthInterceptorContext($"https://{Channel.Target}/{Method.ServiceName}", Method.Name, Aborted);
        foreach (var interceptor in collector.Interceptors)
        {
            var added = new Metadata();
            await interceptor(context, added).ConfigureAwait(false);
            _metadata.Add(added);
        }
    }

    private void Arm()
    {
        if (IsPastDeadline)
        {
            Abort(CallStatuses.DeadlineExceeded);
            return;
        }

        var timer = _deadline is { } deadline
            ? new DeadlineTimer(
                deadline,
                Channel.Options.Time,
                static call => ((ClientCall)call).Abort(CallStatuses.DeadlineExceeded),
                this
            )
            : null;
        var parentToken = _options.PropagationToken is { Options.IsPropagateCancellation: true } parent
            ? parent.ParentCancellationToken
            : default;
        var registration = _options.CancellationToken.UnsafeRegister(
            static call => ((ClientCall)call!).Abort(CallStatuses.Cancelled),
            this
        );
        var parentRegistration = parentToken.UnsafeRegister(static call => ((ClientCall)call!).Abort(CallStatuses.Cancelled), this);
        lock (_gate)
        {
            (_timer, _callerRegistration, _parentRegistration) = (timer, registration, parentRegistration);
            if (_isFinished)
            {
                Disarm();
            }
        }
    }

    private void FinishAsServerSaid(Status status, Metadata trailers)
    {
        lock (_gate)
        {
            if (_isFinished)
            {
                return;
            }

            Finish(status, trailers);
            _responseHeaders ??= [];
        }

        Channel.Untrack(this);
        ReleaseRequest();
        PublishEnd();
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

    private void PublishEnd()
    {
        TaskCompletionSource<Metadata>? awaited;
        Metadata? headers;
        lock (_gate)
        {
            (awaited, headers) = (_headersAwaited, _responseHeaders);
            if (awaited is not null && headers is null)
            {
                FailHeaders(awaited);
            }
        }

        if (headers is not null)
        {
            awaited?.TrySetResult(headers);
        }

        OnFinished();
    }

    private void FailHeaders(TaskCompletionSource<Metadata> headers)
    {
        headers.TrySetException(new RpcException(_finalStatus, _trailers!));
        _ = headers.Task.Exception; // the caller may never look
    }
}
