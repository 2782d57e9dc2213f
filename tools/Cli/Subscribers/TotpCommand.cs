using System.CommandLine;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Signer.V1;

namespace EContract.Cli.Subscribers;

/// <summary><c>econtract enroll totp</c>: an authenticator app in the place of mails.</summary>
internal static class TotpCommand
{
    public static Command Create()
    {
        var credential = new Argument<string>("credential-id");
        var image = new Option<FileInfo>("--qr")
        {
            Description = "Where to write the QR code (PNG) for the app. It holds the secret: delete it afterwards",
            Required = true,
        };
        var command = new Command("totp", "Switch to an authenticator app (RFC 6238)") { credential, image };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var enrollment = connection.Portal.Enrollment;
                var id = parsed.GetValue(credential)!;
                var challenge = await enrollment.ChallengeAsync(id, ChallengePurpose.EnrollTotp, cancellationToken);
                await Console.Error.WriteLineAsync($"one-time password sent to {challenge.Otp.MaskedDestination}");
                var otp = Prompt.Secret("One-time password");
                var made = await enrollment.EnrollTotpAsync(challenge.ChallengeId, otp, Prompt.Secret("PIN"), cancellationToken);
                var file = parsed.GetValue(image)!.FullName;
                await using (var stream = File.Create(file))
                {
                    // Whoever reads the code can make the same passwords.
                    if (!OperatingSystem.IsWindows())
                    {
                        File.SetUnixFileMode(stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                    }

                    await stream.WriteAsync(made.QrCodePng.Memory, cancellationToken);
                }

                await Console.Error.WriteLineAsync($"scan {file} with the app");
                var confirmed = await enrollment.ConfirmTotpAsync(id, Prompt.Secret("First code"), cancellationToken);
                new Printer(parsed).Print(confirmed, ("credential", confirmed.CredentialId), ("one-time passwords", "from the app"));
            }
        );
        return command;
    }
}
