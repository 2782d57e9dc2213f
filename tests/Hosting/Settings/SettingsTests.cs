using EContract.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace EContract.Hosting.Tests.Settings;

public sealed class SettingsTests
{
    [Fact]
    public async Task One_start_tells_everything_that_is_wrong_by_its_full_name()
    {
        var errors = await ErrorsAsync(
            ("Log:Format", "yaml"),
            ("Telemetry:TraceRatio", "7"),
            ("Admission:MaxConcurrency", "0"),
            ("Admission:MaxWait", "soon"),
            ("Admission:Rates:0:Method", "SignDocument"),
            ("Callers:0:Name", "portal"),
            ("Callers:0:Roles:0", "emperor"),
            ("Callers:0:Subject", "CN=portal"),
            ("Callers:0:Thumbprint", "00"),
            ("Lifetime:StopDelai", "00:00:05"),
            ("Tls:Key", "/nowhere/server.key")
        );
        var text = string.Join('\n', errors);
        Assert.Contains("Log:Format is 'yaml'. Right would be: 'text' or 'json'.", text, StringComparison.Ordinal);
        Assert.Contains("Telemetry:TraceRatio is 7.", text, StringComparison.Ordinal);
        Assert.Contains("Admission:MaxWait is 'soon'. Right would be: a duration, for example '00:00:30'.", text, StringComparison.Ordinal);
        // A value that can't be read hides nothing else of its section.
        Assert.Contains("Admission:MaxConcurrency is 0.", text, StringComparison.Ordinal);
        Assert.Contains("Admission:Rates:0 is not a rate", text, StringComparison.Ordinal);
        Assert.Contains("Callers:0:Roles names the unknown role 'emperor'", text, StringComparison.Ordinal);
        Assert.Contains("Callers:0 tells the certificate by 2 settings", text, StringComparison.Ordinal);
        Assert.Contains("Callers:0:Thumbprint is not a SHA-256 thumbprint", text, StringComparison.Ordinal);
        Assert.Contains("Lifetime:StopDelai is not a setting. Did you mean 'StopDelay'?", text, StringComparison.Ordinal);
        Assert.Contains("Tls:Key '/nowhere/server.key' does not exist", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sound_settings_pass() =>
        Assert.Empty(
            await ErrorsAsync(
                ("Log:Format", "json"),
                ("Callers:0:Name", "portal"),
                ("Callers:0:CommonName", "portal"),
                ("Callers:0:Roles:0", "portal")
            )
        );

    [Fact]
    public async Task What_is_written_in_the_wrong_shape_is_told()
    {
        var errors = await ErrorsAsync(
            ("Log:Level:Default", "Debug"),
            ("Log:Colour", "true"),
            ("Admission", "many"),
            ("Callers:0:Name", "portal"),
            ("Callers:0:CommonName", "portal"),
            ("Callers:0:Roles:0", "portal"),
            ("Callers:0:Limits:Rate", "5"),
            ("Callers:0:Suspended", "perhaps")
        );
        Assert.Equal(
            [
                "Log:Colour is not a setting. Right would be: one of File, Format, Level.",
                "Log:Level has settings below it. Right would be: Verbose, Debug, Information, Warning, Error, Fatal.",
                "Admission is a single value. Right would be: the settings below it, or a list.",
                "Callers:0:Limits:Rate is not a setting. Right would be: one of Burst, Concurrency, RatePerSecond.",
                "Callers:0:Suspended is 'perhaps'. Right would be: 'true' or 'false'.",
            ],
            errors
        );
    }

    [Fact]
    public async Task A_name_at_the_top_that_is_no_section_is_told()
    {
        var written = new ConfigurationBuilder()
            .AddInMemoryCollection([
                KeyValuePair.Create("Admision:MaxConcurrency", (string?)"5"),
                KeyValuePair.Create("Tsa:Path", (string?)"/x"),
            ])
            .Build();
        var errors = await ErrorsAsync(builder => builder.Services.AddSingleton(new KnownSections(written, ["Tsa"])));
        Assert.Equal(["Admision is not a setting. Did you mean 'Admission'?"], errors);
    }

    [Fact]
    public async Task A_rate_that_is_none_is_told()
    {
        var errors = await ErrorsAsync(("Admission:Rates:0:Method", "SignDocument"), ("Admission:MaxConcurrency", "0"));
        Assert.Equal(2, errors.Count);
        Assert.StartsWith("Admission:MaxConcurrency is 0", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("Admission:Rates:0 is not a rate", errors[1], StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> ErrorsAsync(params (string Name, string Value)[] settings) =>
        ErrorsAsync(builder =>
            builder.Configuration.AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))
            )
        );

    private static async Task<IReadOnlyList<string>> ErrorsAsync(Action<HostApplicationBuilder> change)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var any = typeof(SettingsTests).Assembly.Location; // a file that is there
        builder.Configuration.AddInMemoryCollection([
            KeyValuePair.Create("Tls:Certificate", (string?)any),
            KeyValuePair.Create("Tls:Key", (string?)any),
            KeyValuePair.Create("Tls:ClientAnchors", (string?)any),
        ]);
        change(builder);
        builder.AddEContractHosting(builder.Configuration);
        using var host = builder.Build();
        var gate = host.Services.GetServices<IHostedService>().OfType<SettingsGate>().Single();
        try
        {
            await gate.StartingAsync(TestContext.Current.CancellationToken);
            return [];
        }
        catch (SettingsException exception)
        {
            return exception.Errors;
        }
    }
}
