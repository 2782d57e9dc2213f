using EContract.Pdf.Syntax;

namespace EContract.Pdf.CrossReference;

/// <summary>Reads entries of a cross-reference table (ISO 32000-2 §7.5.4).</summary>
internal static class TableEntry
{
    /// <summary>Bytes of an entry as the standard has it.</summary>
    public const int Length = 20;

    // §7.5.4: "nnnnnnnnnn ggggg n" and two bytes of end-of-line.
    public static bool TryReadFixed(ReadOnlySpan<byte> line, ushort section, out Entry entry)
    {
        entry = default;
        long location = 0;
        int generation = 0;
        for (int i = 0; i < 10; i++)
        {
            if (!Characters.IsDigit(line[i]))
            {
                return false;
            }
            location = location * 10 + line[i] - '0';
        }
        for (int i = 11; i < 16; i++)
        {
            if (!Characters.IsDigit(line[i]))
            {
                return false;
            }
            generation = generation * 10 + line[i] - '0';
        }
        if (
            line[10] != ' '
            || line[16] != ' '
            || line[17] is not ((byte)'n' or (byte)'f')
            || !Characters.IsWhiteSpace(line[18])
            || !Characters.IsWhiteSpace(line[19])
        )
        {
            return false;
        }
        entry = Of(line[17] == 'n', location, generation, section);
        return true;
    }

    /// <summary>An entry in any other arrangement of its three parts.</summary>
    public static Entry ReadLoose(ref ObjectParser parser, ushort section)
    {
        long position = parser.Position;
        if (parser.TryUnsigned(out long location) && parser.TryUnsigned(out long generation) && generation <= 65535)
        {
            if (parser.TryKeyword("n"u8))
            {
                return Of(true, location, (int)generation, section);
            }
            if (parser.TryKeyword("f"u8))
            {
                return Of(false, location, (int)generation, section);
            }
        }
        throw new PdfRefusedException(PdfRefusal.Damaged, $"no cross-reference entry at offset {position}");
    }

    // An entry in use at offset 0 can be no object: qpdf and Acrobat take it as free.
    public static Entry Of(bool inUse, long location, int generation, ushort section) =>
        new(location, generation, section, inUse && location != 0 ? EntryKind.InFile : EntryKind.Free);
}
