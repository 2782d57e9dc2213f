using System.Diagnostics;

namespace EContract.TestKit;

/// <summary>Runs a tool of the system to its end.</summary>
public static class Subprocess
{
    /// <summary>Standard output.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message has its standard error.</exception>
    public static string Run(string file, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} doesn't start");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{file} ended with {process.ExitCode}: {error.Result}");
    }
}
