using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace EContract.Client;

/// <summary>The service said no, or can't be reached.</summary>
public sealed class RefusedException : Exception
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    private RefusedException(RpcException cause, ErrorInfo? info, TimeSpan? retryAfter)
        : base(cause.Status.Detail, cause)
    {
        StatusCode = cause.StatusCode;
        Reason = info?.Reason ?? "";
        Facts = info is null ? new Dictionary<string, string>() : new Dictionary<string, string>(info.Metadata);
        RetryAfter = retryAfter;
    }

    public StatusCode StatusCode { get; }

    /// <summary>Stable reason code, for example <c>PIN_WRONG</c>; empty when the connection failed before the service could give one.</summary>
    public string Reason { get; }

    /// <summary>Facts for programs, for example <c>attempts_left</c>.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>When to try again, if the service said so.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Runs a call and turns a gRPC error into its reason.</summary>
    public static async Task<T> TranslateAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException e)
        {
            throw From(e);
        }
    }

    /// <summary>The refusal that a gRPC error carries.</summary>
    public static RefusedException From(RpcException error)
    {
        try
        {
            var bytes = error.Trailers.FirstOrDefault(entry => entry.Key == DetailsTrailer)?.ValueBytes;
            var details = bytes is null ? [] : RpcStatus.Parser.ParseFrom(bytes).Details;
            var info = details.FirstOrDefault(detail => detail.Is(ErrorInfo.Descriptor))?.Unpack<ErrorInfo>();
            var retry = details.FirstOrDefault(detail => detail.Is(RetryInfo.Descriptor))?.Unpack<RetryInfo>();
            return new RefusedException(error, info, retry?.RetryDelay?.ToTimeSpan());
        }
        catch (InvalidProtocolBufferException)
        {
            return new RefusedException(error, null, null);
        }
    }
}
