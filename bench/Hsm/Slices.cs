using System.Diagnostics;

namespace EContract.Bench.Hsm;

/// <summary>
/// Measures two loops beside each other: turn by turn in short slices, so that what else the machine does meets both.
/// The ratio is the median over the pairs of slices.
/// </summary>
internal static class Slices
{
    /// <param name="ours">Runs until told to stop and returns how often it did its work.</param>
    /// <param name="beside">The same for the limit.</param>
    /// <param name="seconds">For both together.</param>
    public static async Task<(double Ours, double Beside, double Ratio)> MeasureAsync(
        Func<Func<bool>, Task<long>> ours,
        Func<Func<bool>, Task<long>> beside,
        double seconds
    )
    {
        const int Pairs = 7;
        var slice = TimeSpan.FromSeconds(seconds / (2 * Pairs));
        await RateAsync(ours, slice);
        await RateAsync(beside, slice);
        var (rates, limits, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Pairs; i++)
        {
            // Taking turns at going first: a slice also feels what the one before has left.
            var oursFirst = i % 2 == 0;
            var first = await RateAsync(oursFirst ? ours : beside, slice);
            var second = await RateAsync(oursFirst ? beside : ours, slice);
            var (own, limit) = oursFirst ? (first, second) : (second, first);
            rates.Add(own);
            limits.Add(limit);
            ratios.Add(own / limit);
        }

        return (Median(rates), Median(limits), Median(ratios));
    }

    /// <summary>The same loop on several threads of their own.</summary>
    public static Func<Func<bool>, Task<long>> OnThreads(int threads, Func<Func<bool>, long> loop) =>
        async goesOn =>
        {
            var all = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(() => loop(goesOn), TaskCreationOptions.LongRunning));
            return (await Task.WhenAll(all)).Sum();
        };

    /// <summary>The same asynchronous loop by several callers.</summary>
    public static Func<Func<bool>, Task<long>> ByCallers(int callers, Func<Func<bool>, Task<long>> loop) =>
        async goesOn => (await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => loop(goesOn))))).Sum();

    private static async Task<double> RateAsync(Func<Func<bool>, Task<long>> loop, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var count = await loop(() => Stopwatch.GetTimestamp() < end);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
