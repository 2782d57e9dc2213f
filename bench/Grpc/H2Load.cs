using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EContract.Bench.Grpc;

/// <summary>Runs nghttp2's h2load with one gRPC request over and over.</summary>
internal static partial class H2Load
{
    /// <returns>Requests per second.</returns>
    /// <exception cref="InvalidOperationException">Not every request succeeded, or h2load is not installed (Debian: nghttp2-client).</exception>
    public static async Task<double> RunAsync(int port, string path, string bodyFile, int requests)
    {
        var start = new ProcessStartInfo("h2load") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "-n",
            requests.ToString(CultureInfo.InvariantCulture),
            "-c",
            "4",
            "-m",
            "32",
            "-t",
            "1",
            "-d",
            bodyFile,
            "-H",
            "content-type: application/grpc",
            "-H",
            "te: trailers",
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}"),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("h2load did not start");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var rate = Rate().Match(output);
        var succeeded = Succeeded().Match(output);
        if (!rate.Success || succeeded.Groups[1].Value != requests.ToString(CultureInfo.InvariantCulture))
        {
            throw new InvalidOperationException($"h2load: {output}");
        }

        return double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"([0-9.]+) req/s")]
    private static partial Regex Rate();

    [GeneratedRegex(@"([0-9]+) succeeded")]
    private static partial Regex Succeeded();
}
