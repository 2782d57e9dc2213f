using System.CommandLine;
using EContract.Cli.Archive;
using EContract.Cli.Audit;
using EContract.Cli.Connections;
using EContract.Cli.Demo;
using EContract.Cli.Development;
using EContract.Cli.Documents;
using EContract.Cli.Installation;
using EContract.Cli.Output;
using EContract.Cli.Ra;
using EContract.Cli.Subscribers;
using EContract.Cli.Verification;

var root = new RootCommand(
    "Works with an EContract server: registration, enrolment, signing. Exit codes: 0 done, 1 refused or failed, 2 wrong command line, 3 server not reachable."
);
foreach (var option in GlobalOptions.All)
{
    root.Options.Add(option);
}

root.Subcommands.Add(TokenCommands.Create());
root.Subcommands.Add(CeremonyCommand.Create());
root.Subcommands.Add(RaCommands.Create());
root.Subcommands.Add(EnrollCommands.Create());
root.Subcommands.Add(SignCommands.Create());
root.Subcommands.Add(DocumentCommands.Create());
root.Subcommands.Add(ArchiveCommands.Create());
root.Subcommands.Add(VerifySignatureCommand.Create());
root.Subcommands.Add(AuditCommands.Create());
root.Subcommands.Add(OtpCommand.Create());
root.Subcommands.Add(DemoCommand.Create());

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync(error.Message);
    }

    var command = parsed.CommandResult.Command;
    await Console.Error.WriteLineAsync($"Try: econtract {string.Concat(Names(command).Select(name => $"{name} "))}--help");
    return ExitCodes.WrongCommandLine;
}

// Ctrl-C asks the command to end, and its exit code is the command's own; one that doesn't let go in time is ended by the signal.
return await parsed.InvokeAsync(
    new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) }
);

// The words that lead to a command.
static IEnumerable<string> Names(Command command) =>
    command is RootCommand ? [] : [.. command.Parents.OfType<Command>().SelectMany(Names), command.Name];
