using System.Buffers;
using EContract.Grpc.Wire;

namespace EContract.Interop.Tests.Cases;

/// <summary>Looks at responses on their way and notes the compressed flag of each message.</summary>
internal sealed class ResponseFlags(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly List<bool> _seen = [];

    public IReadOnlyList<bool> Seen => _seen;

    public void Clear() => _seen.Clear();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var observed = new StreamContent(new ObservedStream(body, this));
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            observed.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }

        response.Content = observed;
        return response;
    }

    private sealed class ObservedStream(Stream inner, ResponseFlags flags) : Stream
    {
        private readonly ArrayBufferWriter<byte> _pending = new();
        private long _skip;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Observe(buffer.Span[..count]);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private void Observe(ReadOnlySpan<byte> bytes)
        {
            foreach (var octet in bytes)
            {
                if (_skip > 0)
                {
                    _skip--;
                    continue;
                }

                _pending.Write([octet]);
                if (MessagePrefix.TryRead(new ReadOnlySequence<byte>(_pending.WrittenMemory), out var prefix))
                {
                    flags._seen.Add(prefix.IsCompressed);
                    _skip = prefix.Length;
                    _pending.Clear();
                }
            }
        }
    }
}
