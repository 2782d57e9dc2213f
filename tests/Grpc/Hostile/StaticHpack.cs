using System.Text;
using Xunit;

namespace EContract.Grpc.Tests.Hostile;

/// <summary>Reads header blocks of a server that uses neither the dynamic table nor Huffman coding (RFC 7541).</summary>
internal static class StaticHpack
{
    // RFC 7541 Appendix A: what a server's answers use of it.
    private static readonly Dictionary<int, (string Name, string Value)> Table = new()
    {
        [8] = (":status", "200"),
        [9] = (":status", "204"),
        [12] = (":status", "400"),
        [13] = (":status", "404"),
        [14] = (":status", "500"),
        [28] = ("content-length", ""),
        [31] = ("content-type", ""),
        [33] = ("date", ""),
        [54] = ("server", ""),
    };

    public static Dictionary<string, string> Decode(ReadOnlySpan<byte> block)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!block.IsEmpty)
        {
            var first = block[0];
            if ((first & 0x80) != 0)
            {
                var (name, value) = Lookup(Integer(ref block, 7));
                headers[name] = value;
            }
            else if ((first & 0xE0) == 0x20)
            {
                Integer(ref block, 5); // dynamic table size update
            }
            else
            {
                var index = Integer(ref block, (first & 0x40) != 0 ? 6 : 4);
                var name = index == 0 ? Text(ref block) : Lookup(index).Name;
                headers[name] = Text(ref block);
            }
        }

        return headers;
    }

    private static (string Name, string Value) Lookup(int index) =>
        Table.TryGetValue(index, out var entry) ? entry : ($"static-{index}", "");

    private static string Text(ref ReadOnlySpan<byte> block)
    {
        Assert.Equal(0, block[0] & 0x80); // no Huffman coding
        var length = Integer(ref block, 7);
        var text = Encoding.ASCII.GetString(block[..length]);
        block = block[length..];
        return text;
    }

    private static int Integer(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var mask = (1 << prefixBits) - 1;
        var value = block[0] & mask;
        block = block[1..];
        if (value < mask)
        {
            return value;
        }

        for (var shift = 0; ; shift += 7)
        {
            var next = block[0];
            block = block[1..];
            value += (next & 127) << shift;
            if ((next & 128) == 0)
            {
                return value;
            }
        }
    }
}
