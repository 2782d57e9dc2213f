using System.CommandLine;
using EContract.Ca.Authorities;
using EContract.Ca.Ceremony;
using EContract.Ca.Profiles;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Hsm;

namespace EContract.Cli.Installation;

/// <summary><c>econtract ceremony</c>: makes the hierarchy from a reviewed script.</summary>
internal static class CeremonyCommand
{
    public static Command Create()
    {
        var script = new Argument<FileInfo>("script") { Description = "The reviewed script (JSON)" };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Folder for hierarchy.json, certificates and the signed transcript",
            Required = true,
        };
        var profiles = new Option<DirectoryInfo?>("--profiles")
        {
            Description = "Folder with certificate profiles that replace those of the software",
        };
        var command = new Command(
            "ceremony",
            "Make root, issuing CAs and infrastructure certificates. An interrupted ceremony goes on, a completed one is refused"
        )
        {
            script,
            output,
            profiles,
            ServerSettings.Config,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                await using var token = await Token.OpenAsync(
                    ServerSettings.Read(parsed).Token,
                    TimeProvider.System,
                    null,
                    cancellationToken
                );
                var runner = new CeremonyRunner(
                    parsed.GetValue(output)!.FullName,
                    new TokenKeyStore(token),
                    ProfileCatalogue.Load(parsed.GetValue(profiles)?.FullName),
                    TimeProvider.System
                );
                var result = await runner.RunAsync(
                    await File.ReadAllBytesAsync(parsed.GetValue(script)!.FullName, cancellationToken),
                    cancellationToken
                );
                Console.WriteLine($"{result.Hierarchy.Authorities.Count} authorities, {result.Hierarchy.Certificates.Count} certificates");
                Console.WriteLine($"transcript {result.TranscriptPath}, signed in {result.SignaturePath}");
            }
        );
        return command;
    }
}
