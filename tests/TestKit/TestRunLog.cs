using System.Reflection;
using EContract.TestKit.Logs;
using Microsoft.Extensions.Logging;

namespace EContract.TestKit;

/// <summary>
/// What the code under test logs in this process and the secrets that its tests used, for the search at the end of the whole run (tests/RunLogs).
/// </summary>
public static class TestRunLog
{
    private static readonly Lazy<RunLog> Own = new(() => new RunLog(Folder, Assembly.GetEntryAssembly()!.GetName().Name!));
    private static readonly Lazy<LoggerFactory> Factory = new(() => new LoggerFactory([Own.Value.Provider]));

    /// <summary>Of all processes of the run.</summary>
    public static string Folder => Path.Combine(RepositoryRoot.Path, ".econtract", "test", "logs");

    /// <summary>For the logging of a service under test.</summary>
    public static ILoggerProvider Provider => Own.Value.Provider;

    /// <summary>For one object under test.</summary>
    public static ILogger<T> Logger<T>() => Factory.Value.CreateLogger<T>();

    /// <summary>Takes over what was logged or printed elsewhere, by a process that a test started.</summary>
    public static void Add(string text) => Own.Value.Add(text);

    /// <summary>A PIN or one-time password that a test hands to the code under test.</summary>
    public static string Secret(string secret) => Own.Value.Secret(secret);

    /// <summary>The lines of this process that hold a secret of its own.</summary>
    public static IReadOnlyList<LeakedSecret> Search() => RunLogSearch.Search([Own.Value.File], RunLogSearch.ReadSecrets(Folder)).Found;
}
