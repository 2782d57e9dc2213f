using System.CommandLine;
using EContract.Cli.Connections;
using EContract.Cli.Output;

namespace EContract.Cli.Demo;

/// <summary><c>econtract demo</c>: the whole main job through the real interfaces, with foreign programs as witnesses.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var contract = new Argument<FileInfo>("contract") { Description = "The PDF to be signed" };
        var http = new Option<string>("--http")
        {
            Description = "HTTP address. Default: http://127.0.0.1:$ECONTRACT_HTTP_PORT (7080)",
            DefaultValueFactory = _ => $"http://127.0.0.1:{Environment.GetEnvironmentVariable("ECONTRACT_HTTP_PORT") ?? "7080"}",
        };
        var command = new Command("demo", "Demonstrate a local server: register, enrol, seal, sign, verify with openssl, pdfsig and qpdf")
        {
            contract,
            http,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var home = Path.GetFullPath(parsed.GetValue(GlobalOptions.Home)!);
                var stage = new DemoStage(home, parsed.GetValue(GlobalOptions.Server)!, parsed.GetValue(http)!);
                await new Demonstration(stage).RunAsync(parsed.GetValue(contract)!.FullName, cancellationToken);
            }
        );
        return command;
    }
}
