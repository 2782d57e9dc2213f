namespace EContract.Cli.Connections;

/// <summary>The command can't be done; the message says why in one line.</summary>
internal sealed class CommandException(string message) : Exception(message);
