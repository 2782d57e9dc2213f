using EContract.Hosting.Settings;
using EContract.Signer.Delivery;
using Xunit;

namespace EContract.Signer.Tests;

/// <summary>What an operator writes wrongly is told at start, by the setting's name.</summary>
public sealed class SignerSettingsTests
{
    [Fact]
    public void The_defaults_are_right() => Assert.Empty(Judge(_ => { }));

    public static TheoryData<string, Action<SignerOptions>> Wrong() =>
        new()
        {
            { "Signer:Archive:MaxTimestamps", o => o.Archive.MaxTimestamps = 0 },
            { "Signer:Parties:MaxParties", o => o.Parties.MaxParties = 0 },
            { "Signer:Otp:Lifetime", o => o.Otp.Lifetime = TimeSpan.Zero },
            { "Signer:Otp:TotpWindow", o => o.Otp.TotpWindow = -1 },
            { "Signer:Pin:MaxLength", o => o.Pin.MaxLength = 3 },
            { "Signer:Attempts:Allowed", o => o.Attempts.Allowed = 0 },
            { "Signer:Signing:ReservationLease", o => o.Signing.ReservationLease = TimeSpan.FromSeconds(-1) },
            { "Signer:Signing:Fonts", o => o.Signing.Fonts.Add("/nowhere.ttf") },
            { "Signer:Documents:MaxSpool", o => o.Documents.MaxSpool = 1 },
            { "Signer:Delivery:PickupDirectory", o => o.Delivery.PickupDirectory = "" },
            { "Signer:Delivery:From", o => o.Delivery.From = "nobody" },
            { "Signer:Delivery:Smtp:Port", o => o.Delivery.Smtp = new SmtpOptions { Port = 0 } },
            { "Signer:Delivery:Smtp:TrustedCertificates", o => o.Delivery.Smtp = new SmtpOptions { TrustedCertificates = "/nowhere.pem" } },
            { "Signer:Delivery:Smtp:PasswordFile", o => o.Delivery.Smtp = new SmtpOptions { User = "econtract" } },
            {
                "Signer:Delivery:Smtp:Security",
                o =>
                    o.Delivery.Smtp = new SmtpOptions
                    {
                        User = "econtract",
                        PasswordFile = "/etc/hostname",
                        Security = SmtpSecurity.None,
                    }
            },
            { "Signer:Delivery:SmsWebhook:Url", o => o.Delivery.SmsWebhook = new WebhookOptions() },
        };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Names_what_is_wrong(string setting, Action<SignerOptions> change) =>
        Assert.StartsWith($"{setting} ", Assert.Single(Judge(change)), StringComparison.Ordinal);

    private static IReadOnlyList<string> Judge(Action<SignerOptions> change)
    {
        var options = new SignerOptions();
        change(options);
        var errors = new SettingErrors();
        SignerSettings.Check(options, errors.Below("Signer"));
        return errors.Found;
    }
}
