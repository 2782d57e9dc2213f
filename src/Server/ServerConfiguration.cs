namespace EContract.Server;

/// <summary>Where settings come from.</summary>
internal static class ServerConfiguration
{
    private const string Prefix = "ECONTRACT__";

    public static void AddServerConfiguration(this ConfigurationManager configuration, string[] args)
    {
        var words = args.ToList();
        var at = words.IndexOf("--config");
        if (at >= 0)
        {
            var file = at + 1 < words.Count ? words[at + 1] : throw new InvalidOperationException("--config wants the path of a JSON file");
            words.RemoveRange(at, 2);
            // Reloaded when it is saved: callers and their own limits take effect without a restart.
            configuration.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: true);
        }

        configuration.AddEnvironmentVariables(Prefix);
        configuration.AddCommandLine([.. words]);
    }
}
