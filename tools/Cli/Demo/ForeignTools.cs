using System.Diagnostics;
using EContract.Cli.Connections;

namespace EContract.Cli.Demo;

/// <summary>Runs programs that we did not write, as witnesses.</summary>
internal static class ForeignTools
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Exit code, and standard output and error together.</returns>
    /// <exception cref="CommandException">It isn't installed.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CommandException($"{program} is not installed");
        }
    }

    /// <summary>The same, and a failure ends the demonstration.</summary>
    public static async Task<string> CheckAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var list = arguments.ToList();
        var (exitCode, output) = await RunAsync(program, list, cancellationToken);
        return exitCode == 0 ? output : throw new CommandException($"{program} {string.Join(' ', list)} ended with {exitCode}:\n{output}");
    }
}
