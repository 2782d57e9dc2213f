using System.Globalization;

namespace EContract.Grpc.Wire;

/// <summary>The value of <c>grpc-timeout</c>: at most eight digits and a unit (PROTOCOL-HTTP2.md, Timeout).</summary>
internal static class GrpcTimeout
{
    private const long MaxValue = 99_999_999;

    /// <summary>Rounds up to what the unit can say, so that the peer never gives up before us; what has passed already is <c>1n</c>.</summary>
    public static string Format(TimeSpan timeout)
    {
        var ticks = timeout.Ticks;
        if (ticks <= 0)
        {
            return "1n";
        }

        ReadOnlySpan<(long Ticks, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'),
            (TimeSpan.TicksPerMillisecond, 'm'),
            (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'),
            (TimeSpan.TicksPerHour, 'H'),
        ];
        if (ticks * TimeSpan.NanosecondsPerTick <= MaxValue && ticks <= MaxValue)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{ticks * TimeSpan.NanosecondsPerTick}n");
        }

        foreach (var (unitTicks, unit) in units)
        {
            var value = ticks / unitTicks + (ticks % unitTicks > 0 ? 1 : 0);
            if (value <= MaxValue)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{MaxValue}H");
    }

    /// <summary>False if it is not 1 to 8 digits and one of <c>H M S m u n</c>. Nanoseconds round up to 100 ns.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > 9)
        {
            return false;
        }

        long number = 0;
        foreach (var digit in value[..^1])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = number * 10 + (digit - '0');
        }

        switch (value[^1])
        {
            case 'H':
                timeout = new TimeSpan(number * TimeSpan.TicksPerHour);
                return true;
            case 'M':
                timeout = new TimeSpan(number * TimeSpan.TicksPerMinute);
                return true;
            case 'S':
                timeout = new TimeSpan(number * TimeSpan.TicksPerSecond);
                return true;
            case 'm':
                timeout = new TimeSpan(number * TimeSpan.TicksPerMillisecond);
                return true;
            case 'u':
                timeout = new TimeSpan(number * TimeSpan.TicksPerMicrosecond);
                return true;
            case 'n':
                timeout = new TimeSpan((number + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
                return true;
            default:
                return false;
        }
    }
}
