using System.Formats.Asn1;
using System.Runtime.CompilerServices;

namespace EContract.Audit.Export;

/// <summary>Reads and writes exported logs as streams, in memory of one item.</summary>
public static class LogFile
{
    public const string Extension = ".econtract-audit";

    private const int MaxItemSize = 16 * 1024 * 1024;

    public static async Task WriteAsync(IAsyncEnumerable<LogItem> items, Stream to, CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            await to.WriteAsync(item.Encode(), cancellationToken);
        }
    }

    /// <exception cref="AsnContentException">The file ends within an item or holds something else.</exception>
    public static async IAsyncEnumerable<LogItem> ReadAsync(Stream from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var header = new byte[6];
        while (await from.ReadAtLeastAsync(header.AsMemory(0, 2), 2, throwOnEndOfStream: false, cancellationToken) is var got && got > 0)
        {
            if (got < 2)
            {
                throw new AsnContentException("The log ends within an item.");
            }

            var lengthOctets = header[1] < 0x80 ? 0 : header[1] & 0x7f;
            if (lengthOctets > 4)
            {
                throw new AsnContentException("An item is longer than any can be.");
            }

            await ReadExactlyAsync(from, header.AsMemory(2, lengthOctets), cancellationToken);
            long length =
                header[1] < 0x80 ? header[1] : header.AsSpan(2, lengthOctets).ToArray().Aggregate(0L, (sum, octet) => (sum << 8) | octet);
            if (length > MaxItemSize)
            {
                throw new AsnContentException("An item is longer than any can be.");
            }

            var item = new byte[2 + lengthOctets + length];
            header.AsSpan(0, 2 + lengthOctets).CopyTo(item);
            await ReadExactlyAsync(from, item.AsMemory(2 + lengthOctets), cancellationToken);
            yield return LogItem.Decode(item);
        }
    }

    private static async ValueTask ReadExactlyAsync(Stream from, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (await from.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken) < buffer.Length)
        {
            throw new AsnContentException("The log ends within an item.");
        }
    }
}
