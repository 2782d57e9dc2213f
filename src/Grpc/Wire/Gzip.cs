using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;

namespace EContract.Grpc.Wire;

/// <summary>Message compression with gzip.</summary>
internal static class Gzip
{
    private const int Step = 16 * 1024;

    public static void Compress(ReadOnlySpan<byte> message, IBufferWriter<byte> destination, CompressionLevel level)
    {
        using var gzip = new GZipStream(new BufferWriterStream(destination), level);
        gzip.Write(message);
    }

    /// <summary>Decompresses a message; stops as soon as it is larger than allowed, so that a bomb costs no more than the limit.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than <paramref name="maxSize"/> bytes; INTERNAL: not gzip.</exception>
    public static PooledBufferWriter Decompress(in ReadOnlySequence<byte> compressed, int maxSize)
    {
        var result = new PooledBufferWriter((int)Math.Clamp(compressed.Length * 2, 256, Step));
        if (compressed.IsEmpty)
        {
            // .NET's compressors make nothing out of nothing, and peers send that.
            return result;
        }

        try
        {
            using var gzip = new GZipStream(new SequenceStream(compressed), CompressionMode.Decompress);
            while (true)
            {
                // One byte beyond the limit tells too large from exactly as large.
                var room = (int)Math.Min(Step, (long)maxSize + 1 - result.Length);
                var read = gzip.Read(result.GetSpan(room)[..room]);
                if (read == 0)
                {
                    // The stream takes a truncated member for a whole one; the length at its end tells (RFC 1952 §2.3.1, ISIZE).
                    return HasLength(compressed, result.Length) ? result : throw new InvalidDataException("Truncated gzip member");
                }

                result.Advance(read);
                if (result.Length > maxSize)
                {
                    throw WireFaults.DecompressedTooLarge(maxSize);
                }
            }
        }
        catch (InvalidDataException e)
        {
            result.Dispose();
            throw WireFaults.CannotDecompress(e);
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static bool HasLength(in ReadOnlySequence<byte> compressed, int length)
    {
        Span<byte> size = stackalloc byte[sizeof(uint)];
        if (compressed.Length < size.Length)
        {
            return false;
        }

        compressed.Slice(compressed.Length - size.Length).CopyTo(size);
        return BinaryPrimitives.ReadUInt32LittleEndian(size) == (uint)length;
    }
}
