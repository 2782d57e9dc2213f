using System.CommandLine;
using System.Text;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Signer;

namespace EContract.Cli.Installation;

/// <summary><c>econtract token</c>: makes the token ready for a server.</summary>
internal static class TokenCommands
{
    public static Command Create() => new("token", "Prepare the PKCS#11 token of a new installation") { Init(), SignerKeys() };

    private static Command Init()
    {
        var officer = new Option<FileInfo>("--officer-pin-file")
        {
            Description = "File with the security officer's PIN in its first line",
            Required = true,
        };
        var command = new Command("init", "Initialise the token of the configuration in a free slot; does nothing if it is there")
        {
            ServerSettings.Config,
            officer,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var options = ServerSettings.Read(parsed).Token;
                var pin = Encoding.UTF8.GetBytes(File.ReadLines(parsed.GetValue(officer)!.FullName).FirstOrDefault() ?? "");
                try
                {
                    await TokenInitializer.InitializeAsync(options, pin, cancellationToken);
                    Console.WriteLine($"token '{options.TokenLabel}' initialised");
                }
                catch (HsmException e) when (e.Fault == HsmFault.KeyExists)
                {
                    // It is there: nothing to do.
                }
                finally
                {
                    System.Security.Cryptography.CryptographicOperations.ZeroMemory(pin);
                }
            }
        );
        return command;
    }

    private static Command SignerKeys()
    {
        var command = new Command(
            "signer-keys",
            "Make the Signer's own keys in the token (master, OTP pepper, TOTP seal, enrolment), those that are missing"
        )
        {
            ServerSettings.Config,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var settings = ServerSettings.Read(parsed);
                await using var token = await Token.OpenAsync(settings.Token, TimeProvider.System, null, cancellationToken);
                await MakeAsync(settings.SignerKeys.Master, label => token.GenerateMasterAsync(label, cancellationToken));
                await MakeAsync(settings.SignerKeys.OtpPepper, label => token.GenerateHmacKeyAsync(label, cancellationToken));
                await MakeAsync(settings.SignerKeys.TotpSeal, label => token.GenerateSealingKeyAsync(label, cancellationToken));
                await MakeAsync(
                    settings.SignerKeys.Enrollment,
                    label => token.GenerateSigningKeyAsync(label, KeyAlgorithm.EcdsaP256, cancellationToken)
                );
            }
        );
        return command;
    }

    private static async Task MakeAsync(string label, Func<string, Task> make)
    {
        try
        {
            await make(label);
            Console.WriteLine($"key '{label}' made");
        }
        catch (HsmException e) when (e.Fault == HsmFault.KeyExists)
        {
            // It is there: nothing to do.
        }
    }
}
