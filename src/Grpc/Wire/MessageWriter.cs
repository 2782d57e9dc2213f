using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace EContract.Grpc.Wire;

/// <summary>
/// Writes length-prefixed messages. A serializer that tells its length first, as generated code does, writes straight into the target's
/// memory; others, and compressed messages, go through a pooled buffer.
/// </summary>
internal sealed class MessageWriter : SerializationContext, IBufferWriter<byte>, IDisposable
{
    private IBufferWriter<byte> _target = null!;
    private PooledBufferWriter? _buffer;
    private int? _maxSize;
    private bool _compress;
    private CompressionLevel _level;
    private int? _declared;
    private long _written;
    private bool _direct;
    private bool _complete;

    /// <summary>A serializer failed after the prefix had gone out: the target holds half a message and can't be used any more.</summary>
    public bool IsBroken { get; private set; }

    /// <param name="maxSize">Largest message before compression, in bytes; null for any.</param>
    public void Start(IBufferWriter<byte> target, int? maxSize, CompressionLevel level = CompressionLevel.Fastest)
    {
        _target = target;
        _maxSize = maxSize;
        _level = level;
        IsBroken = false;
    }

    /// <summary>Forgets the target, so that a pooled writer keeps nothing alive. <see cref="Start"/> begins anew.</summary>
    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
        _target = null!;
    }

    /// <summary>Puts one message into the target; does not flush it.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than allowed.</exception>
    public void Write<T>(T message, Action<T, SerializationContext> serializer, bool compress)
    {
        if (IsBroken)
        {
            throw new InvalidOperationException("A message before this one was sent in part only");
        }

        _compress = compress;
        _declared = null;
        _written = 0;
        _direct = _complete = false;
        try
        {
            serializer(message, this);
            if (!_complete)
            {
                throw new InvalidOperationException("The serializer did not complete its context");
            }
        }
        catch when (_direct)
        {
            IsBroken = true;
            throw;
        }
        finally
        {
            _buffer?.Dispose();
            _buffer = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        _declared = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_direct || _buffer is not null)
        {
            return this;
        }

        if (_declared is { } length && !_compress)
        {
            ThrowIfTooLarge(length);
            WritePrefix(false, length);
            _direct = true;
        }
        else
        {
            _buffer = new PooledBufferWriter(Math.Max(_declared ?? 0, 256));
        }

        return this;
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ThrowIfComplete();
        Finish(payload);
    }

    public override void Complete()
    {
        ThrowIfComplete();
        if (!_direct)
        {
            Finish(_buffer is null ? [] : _buffer.WrittenSpan);
        }
        else if (_written != _declared)
        {
            throw new InvalidOperationException($"The serializer declared {_declared} bytes and wrote {_written}");
        }

        _complete = true;
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        _written += count;
        Current.Advance(count);
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Current.GetMemory(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Current.GetSpan(sizeHint);

    private IBufferWriter<byte> Current => _direct ? _target : _buffer!;

    private void Finish(ReadOnlySpan<byte> payload)
    {
        ThrowIfTooLarge(payload.Length);
        if (_compress && !payload.IsEmpty)
        {
            using var compressed = new PooledBufferWriter(Math.Max(payload.Length / 2, 256));
            Gzip.Compress(payload, compressed, _level);
            WritePrefix(true, compressed.Length);
            _target.Write(compressed.WrittenSpan);
        }
        else
        {
            WritePrefix(false, payload.Length);
            _target.Write(payload);
        }

        _complete = true;
    }

    private void WritePrefix(bool compressed, int length)
    {
        new MessagePrefix(compressed, (uint)length).Write(_target.GetSpan(MessagePrefix.Size));
        _target.Advance(MessagePrefix.Size);
    }

    private void ThrowIfTooLarge(int length)
    {
        if (length > _maxSize)
        {
            throw WireFaults.SentMessageTooLarge(length, _maxSize.Value);
        }
    }

    private void ThrowIfComplete()
    {
        if (_complete)
        {
            throw new InvalidOperationException("The serializer completed its context twice");
        }
    }
}
