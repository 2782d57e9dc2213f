using EContract.Hosting.Settings;
using EContract.Signer.Activation;
using EContract.Signer.Delivery;
using EContract.Signer.Documents;
using EContract.Signer.Enrollment;
using EContract.Signer.Signing;

namespace EContract.Signer;

/// <summary>Judges the section <c>Signer</c>.</summary>
internal static class SignerSettings
{
    public static void Check(SignerOptions options, SettingErrors errors)
    {
        foreach (
            var (name, label) in new[]
            {
                (nameof(options.Keys.Master), options.Keys.Master),
                (nameof(options.Keys.OtpPepper), options.Keys.OtpPepper),
                (nameof(options.Keys.TotpSeal), options.Keys.TotpSeal),
            }
        )
        {
            errors.Below(nameof(options.Keys)).Require(label.Length > 0, name, "is empty", "the label of a token key");
        }

        InRange(options.Vault.Rounds, 1, 10_000_000, nameof(options.Vault.Rounds), errors.Below(nameof(options.Vault)));
        InRange(options.Attempts.Allowed, 1, 100, nameof(options.Attempts.Allowed), errors.Below(nameof(options.Attempts)));
        Check(options.Pin, errors.Below(nameof(options.Pin)));
        Check(options.Otp, errors.Below(nameof(options.Otp)));
        Check(options.Delivery, errors.Below(nameof(options.Delivery)));
        Check(options.Signing, errors.Below(nameof(options.Signing)));
        Check(options.Seal, errors.Below(nameof(options.Seal)));
        Check(options.Documents, errors.Below(nameof(options.Documents)));
        InRange(options.Archive.MaxTimestamps, 1, 1000, nameof(options.Archive.MaxTimestamps), errors.Below(nameof(options.Archive)));
        InRange(options.Parties.MaxParties, 1, 1000, nameof(options.Parties.MaxParties), errors.Below(nameof(options.Parties)));
    }

    private static void Check(PinPolicyOptions pin, SettingErrors errors)
    {
        InRange(pin.MinLength, 4, 64, nameof(pin.MinLength), errors);
        InRange(pin.MaxLength, pin.MinLength, 1024, nameof(pin.MaxLength), errors);
    }

    private static void Check(OtpOptions otp, SettingErrors errors)
    {
        Positive(otp.Lifetime, nameof(otp.Lifetime), errors);
        errors.Require(otp.ResendInterval >= TimeSpan.Zero, nameof(otp.ResendInterval), $"is {otp.ResendInterval}", "zero or more");
        InRange(otp.Attempts, 1, 100, nameof(otp.Attempts), errors);
        InRange(otp.Resends, 0, 100, nameof(otp.Resends), errors);
        InRange(otp.SendsPerHour, 1, 10_000, nameof(otp.SendsPerHour), errors);
        // Each further step doubles what a guesser may hit.
        InRange(otp.TotpWindow, 0, 10, nameof(otp.TotpWindow), errors);
        errors.Require(otp.TotpIssuer.Length > 0, nameof(otp.TotpIssuer), "is empty", "a name that authenticator apps show");
    }

    private static void Check(DeliveryOptions delivery, SettingErrors errors)
    {
        Positive(delivery.Deadline, nameof(delivery.Deadline), errors);
        errors.Require(delivery.PickupDirectory is not "", nameof(delivery.PickupDirectory), "is empty", "a folder, or no such setting");
        errors.Require(delivery.From.Contains('@'), nameof(delivery.From), $"is '{delivery.From}'", "a mail address");
        if (delivery.Smtp is { } smtp)
        {
            var below = errors.Below(nameof(delivery.Smtp));
            below.Require(smtp.Host.Length > 0, nameof(smtp.Host), "is empty", "the mail server's name");
            InRange(smtp.Port, 1, 65535, nameof(smtp.Port), below);
            RequireFile(smtp.PasswordFile, nameof(smtp.PasswordFile), below);
            below.Require(
                smtp.User is null || smtp.PasswordFile is not null,
                nameof(smtp.PasswordFile),
                "is missing",
                "the file with the password of Smtp:User"
            );
            // AUTH PLAIN: the password is as readable as the connection.
            below.Require(
                smtp.User is null || smtp.Security != SmtpSecurity.None,
                nameof(smtp.Security),
                "is None, but Smtp:User logs in with a password",
                "StartTls or Tls"
            );
            RequireFile(smtp.TrustedCertificates, nameof(smtp.TrustedCertificates), below);
        }

        if (delivery.SmsWebhook is { } webhook)
        {
            var below = errors.Below(nameof(delivery.SmsWebhook));
            below.Require(
                webhook.Url is { IsAbsoluteUri: true, Scheme: "https" or "http" },
                nameof(webhook.Url),
                webhook.Url is null ? "is missing" : $"is '{webhook.Url}'",
                "an https address"
            );
            RequireFile(webhook.KeyFile, nameof(webhook.KeyFile), below);
        }
    }

    private static void Check(SigningOptions signing, SettingErrors errors)
    {
        Positive(signing.ActivationLifetime, nameof(signing.ActivationLifetime), errors);
        Positive(signing.ReservationLease, nameof(signing.ReservationLease), errors);
        Positive(signing.TimestampDeadline, nameof(signing.TimestampDeadline), errors);
        InRange(signing.MaxItems, 1, 10_000, nameof(signing.MaxItems), errors);
        InRange(signing.MaxOpenActivations, 1, 10_000, nameof(signing.MaxOpenActivations), errors);
        foreach (var font in signing.Fonts)
        {
            RequireFile(font, nameof(signing.Fonts), errors);
        }
    }

    private static void Check(SealOptions seal, SettingErrors errors)
    {
        Positive(seal.MaxDuration, nameof(seal.MaxDuration), errors);
        Positive(seal.SigningDeadline, nameof(seal.SigningDeadline), errors);
        Positive(seal.StatusAge, nameof(seal.StatusAge), errors);
        InRange(seal.MaxSignatures, 1, int.MaxValue, nameof(seal.MaxSignatures), errors);
        InRange(seal.MaxItems, 1, 100_000, nameof(seal.MaxItems), errors);
        InRange(seal.MaxWaiting, 1, 1_000_000, nameof(seal.MaxWaiting), errors);
        InRange(seal.MaxBatch, 1, 10_000, nameof(seal.MaxBatch), errors);
    }

    private static void Check(DocumentOptions documents, SettingErrors errors)
    {
        errors.Require(documents.Spool.Length > 0, nameof(documents.Spool), "is empty", "a folder for working copies");
        errors.Require(documents.MaxSize > 0, nameof(documents.MaxSize), $"is {documents.MaxSize}", "a number of bytes above zero");
        errors.Require(
            documents.MaxSpool >= documents.MaxSize,
            nameof(documents.MaxSpool),
            $"is {documents.MaxSpool}",
            "at least MaxSize: else the largest document has no place"
        );
    }

    private static void Positive(TimeSpan duration, string name, SettingErrors errors) =>
        errors.Require(duration > TimeSpan.Zero, name, $"is {duration}", "a duration above zero, for example '00:01:00'");

    private static void InRange(int number, int least, int most, string name, SettingErrors errors) =>
        errors.Require(number >= least && number <= most, name, $"is {number}", $"{least} to {most}");

    private static void RequireFile(string? file, string name, SettingErrors errors) =>
        errors.Require(file is null || File.Exists(file), name, $"'{file}' does not exist", "the path of a file that the server can read");
}
