using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;

namespace EContract.Grpc.Wire;

/// <summary>Reads length-prefixed messages from a pipe. One reader at a time. Nothing beyond the limit is ever buffered.</summary>
internal sealed class MessageReader : DeserializationContext
{
    private PipeReader _pipe = null!;
    private int _maxSize;
    private MessageEncoding _encoding;
    private ReadOnlySequence<byte> _payload;

    /// <summary>Whether the last message came compressed.</summary>
    public bool LastWasCompressed { get; private set; }

    public override int PayloadLength => (int)_payload.Length;

    /// <param name="pipe">The body; its reader stays the caller's.</param>
    /// <param name="maxSize">Largest message in bytes, before and after decompression; null for as large as memory allows.</param>
    /// <param name="encoding">What the peer's <c>grpc-encoding</c> names.</param>
    public void Start(PipeReader pipe, int? maxSize, MessageEncoding encoding)
    {
        _pipe = pipe;
        _maxSize = maxSize ?? Array.MaxLength - 1;
        _encoding = encoding;
        LastWasCompressed = false;
    }

    /// <summary>Forgets the pipe, so that a pooled reader keeps nothing alive.</summary>
    public void Stop() => _pipe = null!;

    /// <summary>Reads the next message.</summary>
    /// <returns>Null at the end of the stream.</returns>
    /// <exception cref="RpcException">The bytes are no message we can take; see <see cref="WireFaults"/>.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            if (!_pipe.TryRead(out var read))
            {
                read = await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            if (TryTake(read, deserializer, out var message, out var atEnd))
            {
                return message;
            }

            if (atEnd)
            {
                return null;
            }
        }
    }

    /// <summary>Reads the one message of a stream that has no other, and its end.</summary>
    /// <exception cref="RpcException">UNIMPLEMENTED: there is none or more than one; otherwise as <see cref="ReadAsync"/>.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> ReadSingleAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            if (!_pipe.TryRead(out var read))
            {
                read = await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            if (TryTakeSingle(read, deserializer, out var message))
            {
                return message;
            }
        }
    }

    /// <summary>Waits for the end of the stream. False if something else comes: the peer sent more than the one message.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!_pipe.TryRead(out var read))
            {
                read = await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            ThrowIfCanceled(read);
            var isEmpty = read.Buffer.IsEmpty;
            _pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (!isEmpty || read.IsCompleted)
            {
                return isEmpty;
            }
        }
    }

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    private bool TryTake<T>(in ReadResult read, Func<DeserializationContext, T> deserializer, out T? message, out bool atEnd)
        where T : class
    {
        ThrowIfCanceled(read);
        var buffer = read.Buffer;
        var consumed = buffer.Start;
        var examined = buffer.End;
        try
        {
            message = null;
            atEnd = read.IsCompleted && buffer.IsEmpty;
            if (!TryMeasure(read, out var prefix, out var end))
            {
                return false;
            }

            message = Deserialize(buffer.Slice(MessagePrefix.Size, prefix.Length), prefix.IsCompressed, deserializer);
            consumed = examined = buffer.GetPosition(end);
            return true;
        }
        finally
        {
            _pipe.AdvanceTo(consumed, examined);
        }
    }

    private bool TryTakeSingle<T>(in ReadResult read, Func<DeserializationContext, T> deserializer, [NotNullWhen(true)] out T? message)
        where T : class
    {
        ThrowIfCanceled(read);
        var buffer = read.Buffer;
        var consumed = buffer.Start;
        try
        {
            message = null;
            var isWhole = TryMeasure(read, out var prefix, out var end);
            if (isWhole && buffer.Length > end)
            {
                throw WireFaults.TooManyRequests();
            }

            if (!read.IsCompleted)
            {
                return false;
            }

            if (!isWhole)
            {
                throw WireFaults.RequestMissing();
            }

            message = Deserialize(buffer.Slice(MessagePrefix.Size, prefix.Length), prefix.IsCompressed, deserializer);
            consumed = buffer.End;
            return true;
        }
        finally
        {
            _pipe.AdvanceTo(consumed, buffer.End);
        }
    }

    /// <summary>Whether the buffer holds a whole message; where it ends.</summary>
    /// <exception cref="RpcException">It never will, or we don't take it.</exception>
    private bool TryMeasure(in ReadResult read, out MessagePrefix prefix, out long end)
    {
        end = 0;
        if (MessagePrefix.TryRead(read.Buffer, out prefix))
        {
            if (prefix.Length > (uint)_maxSize)
            {
                throw WireFaults.MessageTooLarge(prefix.Length, _maxSize);
            }

            if (prefix.IsCompressed && _encoding == MessageEncoding.Identity)
            {
                throw WireFaults.CompressedWithoutEncoding();
            }

            end = MessagePrefix.Size + (long)prefix.Length;
            if (read.Buffer.Length >= end)
            {
                return true;
            }
        }

        return read.IsCompleted && !read.Buffer.IsEmpty ? throw WireFaults.Truncated() : false;
    }

    private void ThrowIfCanceled(in ReadResult read)
    {
        if (read.IsCanceled)
        {
            _pipe.AdvanceTo(read.Buffer.Start);
            throw new OperationCanceledException();
        }
    }

    private T Deserialize<T>(in ReadOnlySequence<byte> payload, bool isCompressed, Func<DeserializationContext, T> deserializer)
        where T : class
    {
        LastWasCompressed = isCompressed;
        if (!isCompressed)
        {
            return Deserialize(payload, deserializer);
        }

        using var decompressed = Gzip.Decompress(payload, _maxSize);
        return Deserialize(new ReadOnlySequence<byte>(decompressed.Written), deserializer);
    }

    private T Deserialize<T>(ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
        where T : class
    {
        _payload = payload;
        try
        {
            return deserializer(this) ?? throw new InvalidOperationException("The deserializer gave null");
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw WireFaults.CannotDeserialize(e);
        }
        finally
        {
            _payload = default;
        }
    }
}
