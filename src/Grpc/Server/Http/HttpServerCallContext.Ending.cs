using System.Globalization;
using EContract.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace EContract.Grpc.Server.Http;

/// <summary>How a call ends: with the handler's status, or with that of a deadline that did not wait for the handler.</summary>
internal sealed partial class HttpServerCallContext
{
    // RFC 9113 §7
    private const int ResetNoError = 0x0;

    private static readonly string[] StatusValues =
    [
        .. Enumerable.Range(0, 17).Select(code => code.ToString(CultureInfo.InvariantCulture)),
    ];

    private volatile Task _earlyAnswer = Task.CompletedTask;

    /// <summary>Answers with a status and ends the call. Does nothing if the deadline has answered before.</summary>
    public void End(Status status, Metadata? errorTrailers)
    {
        if (Interlocked.CompareExchange(ref _gate, Ended, Idle) != Idle)
        {
            return;
        }

        if (_writer is { IsBroken: true })
        {
            // Half a message has been sent: only a reset tells the client so.
            HttpContext.Abort();
            return;
        }

        try
        {
            WriteStatus(status, _responseTrailers, errorTrailers);
        }
        catch (RpcException e)
        {
            // The handler's metadata can't be sent.
            WriteStatus(e.Status, null, null);
        }
    }

    /// <summary>Called by the deadline: answers at once, unless a write is under way, which then answers when it ends.</summary>
    public void AnswerDeadlineExceeded()
    {
        if (Interlocked.CompareExchange(ref _gate, Ended, Idle) == Idle && !IsCancelled)
        {
            _earlyAnswer = CompleteEarlyAsync();
        }
    }

    private void WriteStatus(Status status, Metadata? ownTrailers, Metadata? errorTrailers)
    {
        var response = HttpContext.Response;
        IHeaderDictionary trailers;
        if (_begun || response.HasStarted)
        {
            trailers =
                HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
                ?? throw new InvalidOperationException("The transport has no response trailers");
        }
        else
        {
            // PROTOCOL-HTTP2.md: Trailers-Only → HTTP-Status Content-Type Trailers
            response.ContentType = ProtocolHeaders.ContentType;
            response.Headers.Remove(ProtocolHeaders.Encoding);
            trailers = response.Headers;
        }

        if (ownTrailers is not null)
        {
            trailers.AppendMetadata(ownTrailers);
        }

        if (errorTrailers is not null && !ReferenceEquals(errorTrailers, ownTrailers))
        {
            trailers.AppendMetadata(errorTrailers);
        }

        var code = (int)status.StatusCode;
        trailers.GrpcStatus = (uint)code < (uint)StatusValues.Length ? StatusValues[code] : code.ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            trailers.GrpcMessage = PercentEncoding.Encode(status.Detail);
        }
    }

    private async Task CompleteEarlyAsync()
    {
        try
        {
            WriteStatus(ExceptionTranslator.DeadlineExceeded, null, null);
            await HttpContext.Response.CompleteAsync().ConfigureAwait(false);
            // The handler may run on, but the client need not send more (RFC 9113 §8.1).
            Reset(ResetNoError);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            LogAnswerFailed(_services.Logger, e, Method);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "{Method} could not be answered when its deadline passed.")]
    private static partial void LogAnswerFailed(ILogger logger, Exception exception, string method);
}
