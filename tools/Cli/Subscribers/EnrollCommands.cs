using System.CommandLine;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Proto.Signer.V1;

namespace EContract.Cli.Subscribers;

/// <summary><c>econtract enroll</c>: a subscriber's key and certificate, step by step as a portal would do it.</summary>
internal static class EnrollCommands
{
    private static readonly Option<string> Language = new("--language")
    {
        Description = "ja or en: of the message",
        DefaultValueFactory = _ => "ja",
    };

    public static Command Create() =>
        new(
            "enroll",
            "Subscribers' keys and certificates. PINs and one-time passwords are asked for, or read from standard input line by line"
        )
        {
            Begin(),
            Complete(),
            Accept(),
            List(),
            ChangePin(),
            Lock(),
            ConfirmUnlock(),
            TotpCommand.Create(),
            Resend(),
        };

    private static Command Begin()
    {
        var application = new Argument<string>("application-id");
        var command = new Command("begin", "Send the one-time password for an approved application") { application, Language };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var begun = await connection.Portal.Enrollment.BeginAsync(
                    parsed.GetValue(application)!,
                    language: parsed.GetValue(Language)!,
                    cancellationToken: cancellationToken
                );
                new Printer(parsed).Print(
                    begun,
                    ("enrollment", begun.EnrollmentId),
                    ("sent to", begun.Otp.MaskedDestination),
                    ("valid until", Times.Show(begun.Otp.ExpireTime))
                );
            }
        );
        return command;
    }

    private static Command Complete()
    {
        var enrollment = new Argument<string>("enrollment-id");
        var algorithm = new Option<string>("--key-algorithm")
        {
            Description = "RSA_2048, RSA_3072, EC_P256 or EC_P384. Default: the server's",
            DefaultValueFactory = _ => "",
        };
        var command = new Command("complete", "Choose the PIN: makes the key and has the certificate issued") { enrollment, algorithm };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var otp = Prompt.Secret("One-time password");
                var pin = Prompt.Secret("New PIN");
                var credential = await connection.Portal.Enrollment.CompleteAsync(
                    parsed.GetValue(enrollment)!,
                    otp,
                    pin,
                    parsed.GetValue(algorithm)!,
                    cancellationToken
                );
                Print(parsed, credential);
            }
        );
        return command;
    }

    private static Command Accept()
    {
        var credential = new Argument<string>("credential-id");
        var command = new Command("accept", "Accept the certificate with the PIN (R4)") { credential };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                Print(
                    parsed,
                    await connection.Portal.Enrollment.AcceptAsync(parsed.GetValue(credential)!, Prompt.Secret("PIN"), cancellationToken)
                );
            }
        );
        return command;
    }

    private static Command List()
    {
        var subscriber = new Argument<string>("subscriber-id");
        var command = new Command("list", "List a subscriber's credentials") { subscriber };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var credentials = new List<Credential>();
                await foreach (var credential in connection.Portal.Enrollment.ListAsync(parsed.GetValue(subscriber)!, cancellationToken))
                {
                    credentials.Add(credential);
                }

                new Printer(parsed).Print(
                    credentials,
                    "no credentials",
                    ("credential", c => c.CredentialId),
                    ("state", c => c.State.ToString().ToLowerInvariant()),
                    ("key", c => c.KeyAlgorithm),
                    ("serial number", c => c.SerialNumber),
                    ("subject", c => c.Subject)
                );
            }
        );
        return command;
    }

    private static Command ChangePin()
    {
        var credential = new Argument<string>("credential-id");
        var command = new Command("change-pin", "Change the PIN") { credential };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var challenge = await ChallengeAsync(
                    connection,
                    parsed.GetValue(credential)!,
                    ChallengePurpose.ChangePin,
                    cancellationToken
                );
                var otp = Prompt.Secret("One-time password");
                var oldPin = Prompt.Secret("Old PIN");
                var newPin = Prompt.Secret("New PIN");
                Print(parsed, await connection.Portal.Enrollment.ChangePinAsync(challenge, otp, oldPin, newPin, cancellationToken));
            }
        );
        return command;
    }

    private static Command Lock()
    {
        var credential = new Argument<string>("credential-id");
        var reason = new Option<string>("--reason") { Description = "Why", Required = true };
        var command = new Command("lock", "Lock a credential at once") { credential, reason };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                Print(
                    parsed,
                    await connection.Portal.Enrollment.LockAsync(parsed.GetValue(credential)!, parsed.GetValue(reason)!, cancellationToken)
                );
            }
        );
        return command;
    }

    private static Command ConfirmUnlock()
    {
        var credential = new Argument<string>("credential-id");
        var command = new Command("confirm-unlock", "Confirm an unlock that the registration authority approved (R7)") { credential };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var challenge = await ChallengeAsync(connection, parsed.GetValue(credential)!, ChallengePurpose.Unlock, cancellationToken);
                var otp = Prompt.Secret("One-time password");
                Print(
                    parsed,
                    await connection.Portal.Enrollment.ConfirmUnlockAsync(challenge, otp, Prompt.Secret("PIN"), cancellationToken)
                );
            }
        );
        return command;
    }

    private static Command Resend()
    {
        var id = new Argument<string>("id") { Description = "Of the enrolment, activation or challenge" };
        var command = new Command("resend", "Send a one-time password again; the one before stops working") { id };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                using var connection = Connection.Open(parsed, "portal");
                var otp = await connection.Portal.Enrollment.ResendOtpAsync(parsed.GetValue(id)!, cancellationToken);
                new Printer(parsed).Print(otp, ("sent to", otp.MaskedDestination), ("valid until", Times.Show(otp.ExpireTime)));
            }
        );
        return command;
    }

    private static async Task<string> ChallengeAsync(
        Connection connection,
        string credentialId,
        ChallengePurpose purpose,
        CancellationToken cancellationToken
    )
    {
        var challenge = await connection.Portal.Enrollment.ChallengeAsync(credentialId, purpose, cancellationToken);
        await Console.Error.WriteLineAsync($"one-time password sent to {challenge.Otp.MaskedDestination}");
        return challenge.ChallengeId;
    }

    private static void Print(ParseResult parsed, Credential credential) =>
        new Printer(parsed).Print(
            credential,
            ("credential", credential.CredentialId),
            ("state", credential.State.ToString().ToLowerInvariant()),
            ("subject", credential.Subject),
            ("serial number", credential.SerialNumber),
            ("key", credential.KeyAlgorithm)
        );
}
