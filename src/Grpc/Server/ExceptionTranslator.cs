using EContract.Grpc.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EContract.Grpc.Server;

/// <summary>The one place where what a handler threw becomes the status that the caller sees.</summary>
internal sealed partial class ExceptionTranslator(IEnumerable<IRpcExceptionMapper> mappers, ILogger<ExceptionTranslator> logger)
{
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "Deadline Exceeded");
    private static readonly Status Cancelled = new(StatusCode.Cancelled, "Call canceled");

    private readonly IRpcExceptionMapper[] _mappers = [.. mappers];

    /// <param name="exception">What ended the call.</param>
    /// <param name="context">The call.</param>
    /// <param name="detailedErrors">May tell the caller about an unknown exception.</param>
    public RpcException Translate(Exception exception, RuntimeServerCallContext context, bool detailedErrors)
    {
        if (context.IsDeadlineExceeded)
        {
            return new RpcException(DeadlineExceeded);
        }

        if (exception is RpcException rpc)
        {
            LogStatus(logger, context.Method, rpc.StatusCode, rpc.Status.Detail);
            // Also those of the runtime itself, which no interceptor has seen.
            return _mappers.Select(mapper => mapper.Map(rpc, context)).FirstOrDefault(mapped => mapped is not null) ?? rpc;
        }

        if (exception is OperationCanceledException or IOException && context.IsCancelled)
        {
            LogCancelled(logger, context.Method);
            return new RpcException(Cancelled);
        }

        if (exception is BadHttpRequestException bad)
        {
            // The transport refuses the body: too slow, for example.
            LogStatus(logger, context.Method, StatusCode.Internal, bad.Message);
            return new RpcException(new Status(StatusCode.Internal, bad.Message, bad));
        }

        foreach (var mapper in _mappers)
        {
            if (mapper.Map(exception, context) is { } mapped)
            {
                LogStatus(logger, context.Method, mapped.StatusCode, mapped.Status.Detail);
                return mapped;
            }
        }

        LogUnhandled(logger, exception, context.Method);
        var told = HandlerFaults.Unexpected;
        return new RpcException(
            detailedErrors ? new Status(told.StatusCode, $"{told.Detail} {exception.GetType().Name}: {exception.Message}", exception) : told
        );
    }

    [LoggerMessage(1, LogLevel.Error, "Handler of {Method} threw.")]
    private static partial void LogUnhandled(ILogger logger, Exception exception, string method);

    [LoggerMessage(2, LogLevel.Debug, "{Method} was cancelled by its caller.")]
    private static partial void LogCancelled(ILogger logger, string method);

    [LoggerMessage(3, LogLevel.Debug, "{Method} ended with {StatusCode}: {Detail}")]
    private static partial void LogStatus(ILogger logger, string method, StatusCode statusCode, string detail);
}
