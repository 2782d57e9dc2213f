using EContract.Hosting.Settings;
using Serilog.Events;

namespace EContract.Hosting.Logging;

/// <summary>Section <c>Log</c>.</summary>
public sealed class LogOptions
{
    /// <summary><c>text</c> for people, <c>json</c> for machines.</summary>
    public string Format { get; set; } = "text";

    /// <summary>Verbose, Debug, Information, Warning, Error or Fatal.</summary>
    public LogEventLevel Level { get; set; } = LogEventLevel.Information;

    /// <summary>Also into this file, one for each day. Null: console only.</summary>
    public string? File { get; set; }

    internal static void Check(LogOptions options, SettingErrors errors)
    {
        if (options.Format is not ("text" or "json"))
        {
            errors.Add(nameof(Format), $"is '{options.Format}'", "'text' or 'json'");
        }
    }
}
