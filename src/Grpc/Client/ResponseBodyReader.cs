using System.Buffers;
using System.IO.Pipelines;

namespace EContract.Grpc.Client;

/// <summary>
/// Reads a response body through one pooled buffer, which grows to the largest message: each message is contiguous. For one reader,
/// which takes its bytes in <see cref="AdvanceTo(SequencePosition, SequencePosition)"/> order, as message readers do.
/// </summary>
internal sealed class ResponseBodyReader(Stream body) : PipeReader
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _start;
    private int _end;
    private bool _needsMore = true; // what is buffered was examined and is not enough
    private bool _isAtEnd;

    public override bool TryRead(out ReadResult result)
    {
        result = _needsMore && !_isAtEnd ? default : Buffered();
        return !_needsMore || _isAtEnd;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_needsMore && !_isAtEnd)
        {
            MakeRoom();
            var count = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += count;
            _isAtEnd = count == 0;
        }

        return Buffered();
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var buffered = Buffered().Buffer;
        var isAllExamined = buffered.GetOffset(examined) == buffered.GetOffset(buffered.End);
        _start += (int)buffered.Slice(0, consumed).Length;
        _needsMore = isAllExamined;
    }

    /// <summary>Gives the buffer back. Not called while a read is under way.</summary>
    public override void Complete(Exception? exception = null)
    {
        var buffer = _buffer;
        _buffer = [];
        (_start, _end) = (0, 0);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void CancelPendingRead() => throw new NotSupportedException();

    private ReadResult Buffered() => new(new ReadOnlySequence<byte>(_buffer, _start, _end - _start), isCanceled: false, _isAtEnd);

    private void MakeRoom()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        // Half a message fills the buffer: to the front with it, and to a larger one if it is there already.
        var length = _end - _start;
        var target = _start > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(_start, length).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        (_start, _end) = (0, length);
    }
}
