using System.IO.Pipelines;

namespace EContract.Grpc.Tests.Wire;

/// <summary>Makes pipes that deliver bytes in given pieces.</summary>
internal static class RecordingPipe
{
    /// <summary>A reader that gets the bytes in pieces of that size, then the end.</summary>
    public static PipeReader Of(byte[] bytes, int pieceSize = int.MaxValue)
    {
        var pieces = bytes.Chunk(Math.Max(1, Math.Min(pieceSize, Math.Max(1, bytes.Length)))).ToArray();
        return PipeReader.Create(new PieceStream(pieces), new StreamPipeReaderOptions(bufferSize: 64, minimumReadSize: 16));
    }

    private sealed class PieceStream(byte[][] pieces) : MemoryStream
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_next == pieces.Length)
            {
                return ValueTask.FromResult(0);
            }

            var piece = pieces[_next];
            var count = Math.Min(buffer.Length, piece.Length);
            piece.AsSpan(0, count).CopyTo(buffer.Span);
            if (count == piece.Length)
            {
                _next++;
            }
            else
            {
                pieces[_next] = piece[count..];
            }

            return ValueTask.FromResult(count);
        }
    }
}
