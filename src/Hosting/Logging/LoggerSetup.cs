using System.Globalization;
using EContract.Hosting.Settings;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace EContract.Hosting.Logging;

/// <summary>Makes the logger of the process.</summary>
internal static class LoggerSetup
{
    private const string Template = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    /// <param name="settings">The level follows them; format and file are those of the start.</param>
    public static ILogger Create(LiveSettings<LogOptions> settings)
    {
        var options = settings.Current;
        var level = new LoggingLevelSwitch(options.Level);
        settings.Changed += changed => level.MinimumLevel = changed.Level;
        ITextFormatter formatter =
            options.Format == "json"
                ? new JsonFormatter(renderMessage: true)
                : new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .Destructure.With<RefusedForLogs>()
            .WriteTo.Console(formatter);
        if (options.File is not null)
        {
            configuration.WriteTo.File(formatter, options.File, rollingInterval: RollingInterval.Day, shared: true);
        }

        return configuration.CreateLogger();
    }
}
