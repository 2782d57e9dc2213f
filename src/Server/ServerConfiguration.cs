using EContract.Hosting.Settings;

namespace EContract.Server;

/// <summary>Where settings come from.</summary>
internal static class ServerConfiguration
{
    private const string Prefix = "ECONTRACT__";

    /// <summary>
    /// <c>--config FILE</c> goes over appsettings.json, variables <c>ECONTRACT__Section__Setting</c> over the file, and
    /// <c>--Section:Setting=value</c> over all.
    /// </summary>
    /// <returns>What the operator wrote, for judging its names.</returns>
    public static KnownSections AddServerConfiguration(this ConfigurationManager configuration, IReadOnlyList<string> args)
    {
        var written = new ConfigurationBuilder();
        var words = args.ToList();
        var at = words.IndexOf("--config");
        if (at >= 0)
        {
            var file = at + 1 < words.Count ? words[at + 1] : throw new InvalidOperationException("--config wants the path of a JSON file");
            words.RemoveRange(at, 2);
            // Reloaded when it is saved: callers, limits and the log level take effect without a restart.
            written.AddJsonFile(json =>
            {
                json.Path = Path.GetFullPath(file);
                json.ReloadOnChange = true;
                json.OnLoadException = context =>
                    Console.Error.WriteLine($"{file} can't be read: {context.Exception.GetBaseException().Message}");
                json.ResolveFileProvider();
            });
        }

        if (
            words.Find(word => !word.StartsWith("--", StringComparison.Ordinal) || !word.Contains('=', StringComparison.Ordinal)) is
            { } stray
        )
        {
            throw new InvalidOperationException($"'{stray}' is neither 'migrate', '--config FILE' nor '--Section:Setting=value'");
        }

        written.AddEnvironmentVariables(Prefix);
        written.AddCommandLine([.. words]);
        var root = written.Build();
        configuration.AddConfiguration(root, shouldDisposeConfiguration: true);
        return new KnownSections(root, ServerSettings.OfRoles);
    }
}
