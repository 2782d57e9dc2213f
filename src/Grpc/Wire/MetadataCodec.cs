using System.Buffers;
using Grpc.Core;

namespace EContract.Grpc.Wire;

/// <summary>Custom metadata as HTTP headers (PROTOCOL-HTTP2.md, Custom-Metadata).</summary>
internal static class MetadataCodec
{
    // ASCII-Value → 1*( %x20-%x7E ) ; space and printable ASCII
    private static readonly SearchValues<char> ValueCharacters = SearchValues.Create(
        Enumerable.Range(0x20, 0x5F).Select(c => (char)c).ToArray()
    );

    private static readonly HashSet<string> Protocol = new(StringComparer.OrdinalIgnoreCase)
    {
        "content-type",
        "content-length",
        "te",
        "host",
        ProtocolHeaders.Timeout,
        ProtocolHeaders.Encoding,
        ProtocolHeaders.AcceptEncoding,
        ProtocolHeaders.Status,
        ProtocolHeaders.Message,
        ProtocolHeaders.EncodingRequest,
    };

    /// <summary>Headers that belong to the protocol: neither shown to applications as metadata nor taken from them.</summary>
    public static bool IsProtocol(string name) => name.StartsWith(':') || Protocol.Contains(name);

    /// <summary>
    /// Adds a received header. A <c>-bin</c> header may hold several values joined by commas, padded or not.
    /// </summary>
    /// <returns>False if a binary value is not base64.</returns>
    public static bool TryAppend(Metadata metadata, string lowerName, string value)
    {
        if (!lowerName.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.FromWire(lowerName, value));
            return true;
        }

        foreach (var range in value.AsSpan().Split(','))
        {
            if (!TryDecodeBinary(value.AsSpan(range).Trim(' '), out var bytes))
            {
                return false;
            }

            metadata.Add(Metadata.Entry.FromWire(lowerName, bytes));
        }

        return true;
    }

    /// <summary>The header value of an entry: its text, or unpadded base64.</summary>
    /// <exception cref="RpcException">INTERNAL: the text has characters that no header can carry.</exception>
    public static string Encode(Metadata.Entry entry)
    {
        if (entry.IsBinary)
        {
            return EncodeBinary(entry.ValueSpan);
        }

        if (entry.Value.AsSpan().ContainsAnyExcept(ValueCharacters))
        {
            throw new RpcException(new Status(StatusCode.Internal, $"Metadata value of {entry.Key} is not printable ASCII"));
        }

        return entry.Value;
    }

    public static string EncodeBinary(ReadOnlySpan<byte> value) => Convert.ToBase64String(value).TrimEnd('=');

    public static bool TryDecodeBinary(ReadOnlySpan<char> value, out byte[] bytes)
    {
        var unpadded = value.TrimEnd('=');
        bytes = [];
        var padding = (4 - unpadded.Length % 4) % 4;
        var givenPadding = value.Length - unpadded.Length;
        if (padding == 3 || (givenPadding != 0 && givenPadding != padding) || unpadded.ContainsAny(" \t\r\n"))
        {
            return false;
        }

        var rented = ArrayPool<char>.Shared.Rent(unpadded.Length + padding);
        try
        {
            unpadded.CopyTo(rented);
            rented.AsSpan(unpadded.Length, padding).Fill('=');
            var decoded = new byte[(unpadded.Length + padding) / 4 * 3 - padding];
            if (
                !Convert.TryFromBase64Chars(rented.AsSpan(0, unpadded.Length + padding), decoded, out var written)
                || written != decoded.Length
            )
            {
                return false;
            }

            bytes = decoded;
            return true;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }
}
