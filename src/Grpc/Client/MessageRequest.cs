using System.Net;
using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>The one message of a request, and the body of each attempt that sends it.</summary>
internal sealed class MessageRequest<T>(T message, Marshaller<T> marshaller, GrpcChannelOptions options, bool compress)
    where T : class
{
    private PooledBufferWriter? _frame; // made by the first attempt
    private volatile bool _isSent;

    public HttpContent BeginAttempt() => new Content(this, _frame ??= MessageFrame.Create(message, marshaller, options, compress));

    /// <summary>Gives the memory back if the transport has taken all of it; else the garbage collector does.</summary>
    public void Release()
    {
        if (_isSent)
        {
            _frame!.Dispose();
        }
    }

    private sealed class Content(MessageRequest<T> request, PooledBufferWriter frame) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            // The handler may begin again after a lost connection.
            request._isSent = false;
            await stream.WriteAsync(frame.Written, cancellationToken).ConfigureAwait(false);
            request._isSent = true;
        }

        // Without a length the handler sends no content-length, as gRPC clients do.
        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
