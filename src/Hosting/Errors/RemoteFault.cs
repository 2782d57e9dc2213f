using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace EContract.Hosting.Errors;

/// <summary>The fault that another role answered with, as this role reads it.</summary>
public static class RemoteFault
{
    /// <summary>The fault behind a gRPC error of ours; null when the error is not one of ours (connection lost, deadline …).</summary>
    public static Fault? Find(RpcException exception)
    {
        try
        {
            var bytes = exception.Trailers.FirstOrDefault(entry => entry.Key == "grpc-status-details-bin")?.ValueBytes;
            var details = bytes is null ? null : RpcStatus.Parser.ParseFrom(bytes).Details;
            var info = details?.FirstOrDefault(detail => detail.Is(ErrorInfo.Descriptor))?.Unpack<ErrorInfo>();
            return info is { Domain: FaultTable.Domain } && FaultTable.TryParse(info.Reason, out var fault) ? fault : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null; // from a stranger: as good as none
        }
    }
}
