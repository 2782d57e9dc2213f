using EContract.Pdf.Syntax;

namespace EContract.Pdf.Filters;

/// <summary>Decodes stream data that are structure (ISO 32000-2 §7.4). Image filters are nobody's structure and are not decoded.</summary>
internal static class StreamFilters
{
    private const int MaxFilters = 8;

    /// <summary>Decodes through the whole chain; every step is bounded by <paramref name="limit"/> bytes.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> encoded, PdfDictionary dictionary, Func<PdfObject?, PdfObject?> resolve, int limit)
    {
        List<PdfObject?> filters = OneOrMany(resolve(dictionary["Filter"] ?? dictionary["F"]), resolve);
        List<PdfObject?> parameters = OneOrMany(resolve(dictionary["DecodeParms"] ?? dictionary["DP"]), resolve);
        if (filters.Count > MaxFilters)
        {
            throw new MalformedException("ISO 32000-2 §7.4", $"a chain of {filters.Count} filters");
        }
        byte[] data = encoded.ToArray();
        for (int i = 0; i < filters.Count; i++)
        {
            var parms = i < parameters.Count ? parameters[i] as PdfDictionary : null;
            int Parameter(string key, int otherwise) =>
                resolve(parms?[key]) is PdfInteger { Value: >= 0 and <= int.MaxValue } value ? (int)value.Value : otherwise;
            data = (filters[i] as PdfName)?.Value switch
            {
                "FlateDecode" or "Fl" => Predictor.Decode(Flate.Decode(data, limit), Parameter, limit),
                "LZWDecode" or "LZW" => Predictor.Decode(Lzw.Decode(data, Parameter("EarlyChange", 1), limit), Parameter, limit),
                "ASCIIHexDecode" or "AHx" => AsciiFilters.DecodeHex(data),
                "ASCII85Decode" or "A85" => AsciiFilters.Decode85(data, limit),
                "RunLengthDecode" or "RL" => RunLength.Decode(data, limit),
                "Crypt" => data, // §7.6.6: only Identity can occur, encrypted documents are refused before
                var other => throw new MalformedException("ISO 32000-2 §7.4", $"filter {other ?? "?"} where structure is expected"),
            };
        }
        return data;
    }

    /// <summary>The refusal of data that decode to more than the limit.</summary>
    public static PdfRefusedException TooLarge(int limit) => new(PdfRefusal.TooLarge, $"a stream decodes to more than {limit} bytes");

    private static List<PdfObject?> OneOrMany(PdfObject? value, Func<PdfObject?, PdfObject?> resolve) =>
        value switch
        {
            null => [],
            PdfArray array => [.. array.Take(MaxFilters + 1).Select(resolve)],
            _ => [value],
        };
}
