using System.Formats.Asn1;
using System.Globalization;

namespace EContract.Pki.Asn1;

/// <summary>
/// Reads a DER GeneralizedTime to the very tick. <see cref="AsnReader.ReadGeneralizedTime"/> goes through floating point and gives
/// .5669999 for .567, so that what it read would not encode again as it came.
/// </summary>
public static class GeneralizedTime
{
    private const int SecondsLength = 14; // yyyyMMddHHmmss
    private const int TickDigits = 7;

    /// <summary>Digits beyond a tick (100 ns) are cut off.</summary>
    /// <exception cref="AsnContentException">Not a GeneralizedTime in DER form.</exception>
    public static DateTimeOffset Read(AsnReader reader)
    {
        ReadOnlySpan<byte> encoded = reader.PeekContentBytes().Span;
        reader.ReadGeneralizedTime(); // judges the form: full seconds, Z, no trailing zeros
        Span<char> text = stackalloc char[SecondsLength];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)encoded[i];
        }

        var seconds = DateTime.ParseExact(
            text,
            "yyyyMMddHHmmss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );
        long ticks = 0;
        for (int i = 0; i < TickDigits; i++)
        {
            int at = SecondsLength + 1 + i;
            int digit = at < encoded.Length - 1 ? encoded[at] - '0' : 0;
            ticks = ticks * 10 + digit;
        }

        return new DateTimeOffset(seconds).AddTicks(ticks);
    }
}
