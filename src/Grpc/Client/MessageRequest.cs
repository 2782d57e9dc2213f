using System.Net;
using EContract.Grpc.Wire;
using Grpc.Core;

namespace EContract.Grpc.Client;

/// <summary>The one message of a request, and the body of each attempt that sends it.</summary>
internal sealed class MessageRequest<T>(T message, Marshaller<T> marshaller, GrpcChannelOptions options, bool compress)
    where T : class
{
    private PooledBufferWriter? _frame; // made by the first attempt
    private Content? _last;

    public HttpContent BeginAttempt() => _last = new Content(_frame ??= MessageFrame.Create(message, marshaller, options, compress));

    /// <summary>Gives the memory back if the transport has taken all of it; else the garbage collector does.</summary>
    public void Release()
    {
        if (_last is { IsSent: true })
        {
            _frame!.Dispose();
        }
    }

    private sealed class Content(PooledBufferWriter frame) : HttpContent
    {
        private volatile bool _isSent;

        public bool IsSent => _isSent;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            // The handler may begin again after a lost connection.
            _isSent = false;
            await stream.WriteAsync(frame.Written, cancellationToken).ConfigureAwait(false);
            _isSent = true;
        }

        // Without a length the handler sends no content-length, as gRPC clients do.
        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
