using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace EContract.Grpc.Wire;

/// <summary>The five bytes before each message: compressed flag and length, big-endian (PROTOCOL-HTTP2.md, Length-Prefixed-Message).</summary>
internal readonly record struct MessagePrefix(bool IsCompressed, uint Length)
{
    /// <summary>In bytes.</summary>
    public const int Size = 5;

    /// <summary>False if the buffer is shorter than a prefix.</summary>
    /// <exception cref="RpcException">INTERNAL: the flag is neither 0 nor 1.</exception>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, out MessagePrefix prefix)
    {
        if (buffer.Length < Size)
        {
            prefix = default;
            return false;
        }

        if (buffer.FirstSpan.Length >= Size)
        {
            prefix = Read(buffer.FirstSpan);
            return true;
        }

        Span<byte> bytes = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(bytes);
        prefix = Read(bytes);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], Length);
        destination[0] = IsCompressed ? (byte)1 : (byte)0;
    }

    private static MessagePrefix Read(ReadOnlySpan<byte> bytes) =>
        bytes[0] > 1
            ? throw WireFaults.BadCompressedFlag(bytes[0])
            : new MessagePrefix(bytes[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]));
}
