using System.CommandLine;

namespace EContract.Cli.Connections;

/// <summary>Options that every command takes: where the server is and who calls it.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Home = new("--home")
    {
        Description = "Folder with the callers' certificates (callers/*.crt, *.key, ca.crt). Default: $ECONTRACT_HOME, else .econtract",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ECONTRACT_HOME") is { Length: > 0 } home ? home : ".econtract",
        Recursive = true,
    };

    public static readonly Option<string> Server = new("--server")
    {
        Description = "gRPC address. Default: https://127.0.0.1:$ECONTRACT_GRPC_PORT (7443)",
        DefaultValueFactory = _ => $"https://127.0.0.1:{Environment.GetEnvironmentVariable("ECONTRACT_GRPC_PORT") ?? "7443"}",
        Recursive = true,
    };

    public static readonly Option<string?> Caller = new("--caller")
    {
        Description = "Whose client certificate to use: the name of a file pair in callers/. Default: the one that fits the command",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON instead of tables", Recursive = true };

    public static IEnumerable<Option> All => [Home, Server, Caller, Json];
}
