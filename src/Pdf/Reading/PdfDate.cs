using System.Globalization;

namespace EContract.Pdf.Reading;

/// <summary>Reads dates (ISO 32000-2 §7.9.4).</summary>
internal static class PdfDate
{
    /// <summary>The date, taken as UTC where it names no offset; null where it is none.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }
        ReadOnlySpan<char> rest = text.StartsWith("D:", StringComparison.Ordinal) ? text.AsSpan(2) : text;
        Span<int> parts = [0, 1, 1, 0, 0, 0];
        for (int i = 0; i < parts.Length; i++)
        {
            int digits = i == 0 ? 4 : 2;
            if (rest.Length < digits || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                if (i == 0)
                {
                    return null;
                }
                break;
            }
            parts[i] = value;
            rest = rest[digits..];
        }
        var offset = TimeSpan.Zero;
        if (
            rest is ['+' or '-', ..]
            && rest.Length >= 3
            && int.TryParse(rest[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
        )
        {
            ReadOnlySpan<char> tail = rest[3..].TrimStart('\'');
            _ = int.TryParse(tail.Length >= 2 ? tail[..2] : default, NumberStyles.None, CultureInfo.InvariantCulture, out int minutes);
            offset = new TimeSpan(hours, minutes, 0) * (rest[0] == '-' ? -1 : 1);
        }
        try
        {
            return new DateTimeOffset(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], offset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
