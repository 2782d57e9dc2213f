using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace EContract.TestKit.Logs;

/// <summary>
/// What one process logs while it runs tests, at every level, as a file; and beside it the secrets that the tests used, one on each line. Lines
/// are written as they come, so that they are there even if the process dies.
/// </summary>
public sealed class RunLog : IDisposable
{
    public const string LogSuffix = ".log";
    public const string SecretsSuffix = ".secrets";

    private readonly Lock _writing = new();
    private readonly StreamWriter _log;
    private readonly StreamWriter _secrets;
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <param name="folder">Of the whole run.</param>
    /// <param name="name">Of the process. What an earlier one of this name left is replaced.</param>
    public RunLog(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        File = Path.Combine(folder, name + LogSuffix);
        _log = Open(File);
        _secrets = Open(Path.Combine(folder, name + SecretsSuffix));
        Provider = new LineProvider(this);
    }

    public string File { get; }

    /// <summary>For the logging of a service under test.</summary>
    public ILoggerProvider Provider { get; }

    /// <summary>Takes over what was logged or printed elsewhere.</summary>
    public void Add(string text)
    {
        lock (_writing)
        {
            _log.WriteLine(text);
        }
    }

    /// <summary>A PIN or one-time password that a test hands to the code under test.</summary>
    public string Secret(string secret)
    {
        if (_known.TryAdd(secret, true))
        {
            lock (_writing)
            {
                _secrets.WriteLine(secret);
            }
        }

        return secret;
    }

    public void Dispose()
    {
        _log.Dispose();
        _secrets.Dispose();
    }

    private static StreamWriter Open(string file) =>
        new(
            new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)
        )
        {
            AutoFlush = true,
        };

    private sealed class LineProvider(RunLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new LineLogger(log, categoryName);

        public void Dispose() { }
    }

    private sealed class LineLogger(RunLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            log.Add($"{category}: scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Add($"{category}: {formatter(state, exception)} {exception}");
    }
}
