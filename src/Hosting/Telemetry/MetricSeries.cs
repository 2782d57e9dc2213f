using System.Globalization;
using System.Text;

namespace EContract.Hosting.Telemetry;

/// <summary>One series of an instrument: the values recorded with the same tags. Thread-safe.</summary>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private long _count;
    private double _sum;

    public void Add(double value)
    {
        lock (_lock)
        {
            _sum += value;
        }
    }

    public void Set(double value)
    {
        lock (_lock)
        {
            _sum = value;
        }
    }

    public void Observe(double value)
    {
        lock (_lock)
        {
            var bucket = Array.BinarySearch(bounds!, value);
            _buckets![bucket < 0 ? ~bucket : bucket]++;
            _count++;
            _sum += value;
        }
    }

    public void Write(StringBuilder text, string name)
    {
        lock (_lock)
        {
            if (_buckets is null)
            {
                Line(text, name, labels, _sum);
                return;
            }

            long cumulative = 0;
            for (var i = 0; i < _buckets.Length; i++)
            {
                cumulative += _buckets[i];
                var bound = i < bounds!.Length ? Number(bounds[i]) : "+Inf";
                Line(text, name + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", cumulative);
            }

            Line(text, name + "_sum", labels, _sum);
            Line(text, name + "_count", labels, _count);
        }
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        value switch
        {
            double.PositiveInfinity => "+Inf",
            double.NegativeInfinity => "-Inf",
            double.NaN => "NaN",
            _ => value.ToString("R", CultureInfo.InvariantCulture),
        };
}
