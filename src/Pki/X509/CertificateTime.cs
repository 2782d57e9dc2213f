using System.Formats.Asn1;

namespace EContract.Pki.X509;

/// <summary>UTCTime through 2049, GeneralizedTime from 2050, both in Z with seconds and no fraction.</summary>
/// <remarks>
/// RFC 5280 §4.1.2.5:
/// <code>
/// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }
/// </code>
/// </remarks>
public static class CertificateTime
{
    private const string Clause = "RFC 5280 §4.1.2.5";

    /// <summary>RFC 5280 §4.1.2.5: "no well-defined expiration date".</summary>
    public static readonly DateTimeOffset NoWellDefinedExpiration = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Drops the fraction of a second: X.509 times have none.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        return new DateTimeOffset(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }

    public static void Encode(AsnWriter writer, DateTimeOffset time)
    {
        var utc = Truncate(time);
        if (utc.Year is >= 1950 and < 2050)
        {
            writer.WriteUtcTime(utc, 2049);
        }
        else
        {
            writer.WriteGeneralizedTime(utc, omitFractionalSeconds: true);
        }
    }

    public static DateTimeOffset Decode(AsnReader reader)
    {
        if (reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime))
        {
            return reader.ReadUtcTime(2049);
        }

        // RFC 5280 §4.1.2.5: a CA must write years before 2050 as UTCTime, but whoever reads must take both. The linter is the strict one.
        return DecodeGeneralized(reader);
    }

    /// <summary>GeneralizedTime as RFC 5280 §4.1.2.5.2 wants it: YYYYMMDDHHMMSSZ.</summary>
    public static DateTimeOffset DecodeGeneralized(AsnReader reader)
    {
        var time = reader.ReadGeneralizedTime();
        return time.Ticks % TimeSpan.TicksPerSecond == 0
            ? time
            : throw new MalformedException(Clause, "GeneralizedTime has fractional seconds");
    }

    public static void EncodeGeneralized(AsnWriter writer, DateTimeOffset time) =>
        writer.WriteGeneralizedTime(Truncate(time), omitFractionalSeconds: true);
}
