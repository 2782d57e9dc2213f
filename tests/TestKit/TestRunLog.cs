using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace EContract.TestKit;

/// <summary>
/// Everything that the code under test logs in this process, at every level, and the secrets that its tests used. When all tests of the process
/// are over, none of the secrets may be found in what was logged.
/// </summary>
public static partial class TestRunLog
{
    private static readonly ConcurrentQueue<string> Lines = new();
    private static readonly ConcurrentDictionary<string, bool> Secrets = new(StringComparer.Ordinal);

    /// <summary>For the logging of a service under test.</summary>
    public static ILoggerProvider Provider { get; } = new CapturingProvider();

    /// <summary>A PIN or one-time password that a test hands to the code under test.</summary>
    public static string Secret(string secret)
    {
        Secrets[secret] = true;
        return secret;
    }

    /// <summary>How much was looked through, and the secrets that were found in it (masked).</summary>
    public static (int Lines, int Secrets, IReadOnlyList<string> Found) Search()
    {
        var found = new List<string>();
        foreach (var line in Lines)
        {
            // Whole words: a hexadecimal identifier may hold any eight digits.
            var words = Word().Matches(line).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
            found.AddRange(
                Secrets.Keys.Where(words.Contains).Select(secret => line.Replace(secret, "(a secret)", StringComparison.Ordinal))
            );
        }

        return (Lines.Count, Secrets.Count, found);
    }

    [GeneratedRegex("[0-9A-Za-z]+")]
    private static partial Regex Word();

    private sealed class CapturingProvider : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new CapturingLogger(categoryName);

        public void Dispose() { }
    }

    private sealed class CapturingLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{category}: scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue($"{category}: {formatter(state, exception)} {exception}");
    }
}
