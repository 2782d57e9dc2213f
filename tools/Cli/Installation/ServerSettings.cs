using System.CommandLine;
using EContract.Cli.Connections;
using EContract.Hsm;
using EContract.Signer;
using Microsoft.Extensions.Configuration;

namespace EContract.Cli.Installation;

/// <summary>What an installation command needs of a server's configuration file.</summary>
internal sealed record ServerSettings(TokenOptions Token, TokenKeyLabels SignerKeys)
{
    public static readonly Option<FileInfo> Config = new("--config")
    {
        Description = "The server's configuration file (JSON)",
        Required = true,
    };

    /// <exception cref="CommandException">The file can't be read, or has no section Token.</exception>
    public static ServerSettings Read(ParseResult parsed)
    {
        var path = parsed.GetValue(Config)!.FullName;
        try
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(path, optional: false)
                .AddEnvironmentVariables("ECONTRACT__")
                .Build();
            var token = configuration.GetSection("Token").Get<TokenOptions>() ?? throw new CommandException($"{path} has no section Token");
            return new ServerSettings(token, configuration.GetSection("Signer:Keys").Get<TokenKeyLabels>() ?? new TokenKeyLabels());
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or InvalidOperationException)
        {
            throw new CommandException($"{path}: {e.InnerException?.Message ?? e.Message}");
        }
    }
}
