using System.Diagnostics;
using EContract.Cli.Connections;
using EContract.Client;

namespace EContract.Cli.Demo;

/// <summary>Prints what the demonstration does, each step with its time.</summary>
internal static class Steps
{
    public static async Task<T> DoAsync<T>(string what, Func<Task<T>> step, Func<T, string> outcome)
    {
        var watch = Stopwatch.StartNew();
        var result = await step();
        Show(what, outcome(result), watch.Elapsed);
        return result;
    }

    /// <summary>A step that must be refused, with this reason.</summary>
    public static async Task RefusedAsync(string what, string reason, Func<Task> step)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            await step();
        }
        catch (RefusedException e) when (e.Reason == reason)
        {
            Show(what, $"refused: {e.Reason}", watch.Elapsed);
            return;
        }

        throw new CommandException($"{what}: was not refused");
    }

    public static void Heading(string text) => Console.WriteLine($"\n{text}");

    private static void Show(string what, string outcome, TimeSpan time) =>
        Console.WriteLine($"  {time.TotalMilliseconds, 7:0} ms  {what} → {outcome}");
}
