using Grpc.Core;

namespace EContract.Grpc.Calls;

/// <summary>Statuses that a caller's own side gives a call.</summary>
internal static class CallStatuses
{
    public static readonly Status Cancelled = new(StatusCode.Cancelled, "Call canceled by the client.");
    public static readonly Status Disposed = new(StatusCode.Cancelled, "gRPC call disposed.");
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "");
}
