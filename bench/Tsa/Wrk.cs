using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EContract.TestKit;

namespace EContract.Bench.Tsa;

/// <summary>Runs wrk with one fixed query: 2 threads, 16 kept-alive connections.</summary>
internal static partial class Wrk
{
    /// <param name="PerSecond">Answers per second.</param>
    /// <param name="P50">Milliseconds.</param>
    /// <param name="P99">Milliseconds.</param>
    public sealed record Result(double PerSecond, double P50, double P99);

    /// <param name="requestsPerSecond">Paces the connections to about this; null: as fast as they can.</param>
    public static async Task<Result> RunAsync(Uri url, string queryFile, TimeSpan duration, double? requestsPerSecond = null)
    {
        using var folder = new TemporaryFolder();
        // wrk delays in whole milliseconds: the fraction becomes a probability
        string pace = requestsPerSecond is { } rate
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"local gap = {16_000 / rate}\nfunction delay() local whole = math.floor(gap); if math.random() < gap - whole then return whole + 1 end return whole end\n"
            )
            : "";
        string script = folder.Write(
            "post.lua",
            $$"""
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/timestamp-query"
            wrk.body = io.open("{{queryFile}}", "rb"):read("*a")
            {{pace}}
            """
        );
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
        foreach (
            string argument in (string[])
                [
                    "-t2",
                    "-c16",
                    string.Create(CultureInfo.InvariantCulture, $"-d{Math.Max(1, (int)duration.TotalSeconds)}s"),
                    "--latency",
                    "-s",
                    script,
                    url.ToString(),
                ]
        )
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal)
            ? throw new InvalidOperationException(output)
            : new Result(
                double.Parse(PerSecond().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
                Milliseconds(P50().Match(output)),
                Milliseconds(P99().Match(output))
            );
    }

    private static double Milliseconds(Match match) =>
        double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        * match.Groups[2].Value switch
        {
            "us" => 0.001,
            "s" => 1000,
            _ => 1,
        };

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"50%\s+([0-9.]+)(us|ms|s)")]
    private static partial Regex P50();

    [GeneratedRegex(@"99%\s+([0-9.]+)(us|ms|s)")]
    private static partial Regex P99();
}
