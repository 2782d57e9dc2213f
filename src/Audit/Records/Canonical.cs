using System.Formats.Asn1;
using System.Text;

namespace EContract.Audit.Records;

/// <summary>What all canonical forms share.</summary>
internal static class Canonical
{
    public static void RequireVersion1(AsnReader reader) =>
        Require(reader.TryReadInt32(out var version) && version == 1, "The version is not 1.");

    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new AsnContentException(otherwise);
        }
    }

    /// <summary>PostgreSQL's precision; the canonical form and the column must tell the same time.</summary>
    public static DateTimeOffset Microseconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>
    /// Reads a time as it was written. (.NET reads the fraction through a double, which can be a tick off.)
    /// </summary>
    public static DateTimeOffset ReadTime(AsnReader reader)
    {
        var ticks = reader.ReadGeneralizedTime().UtcTicks + (TimeSpan.TicksPerMicrosecond / 2);
        return new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    /// <summary>
    /// Text from outside as both UTF8String and PostgreSQL's <c>text</c> can hold it: no lone surrogates, no NUL.
    /// A caller must not be able to prevent a record by sending a strange string.
    /// </summary>
    public static string Clean(string text)
    {
        var clean = true;
        for (var i = 0; i < text.Length && clean; i++)
        {
            clean = text[i] != '\0' && !char.IsSurrogate(text[i]);
        }

        if (clean)
        {
            return text;
        }

        var cleaned = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // yields U+FFFD for a lone surrogate
        {
            cleaned.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        }

        return cleaned.ToString();
    }
}
