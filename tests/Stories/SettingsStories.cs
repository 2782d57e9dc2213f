using System.Text.Json.Nodes;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>The server as an operator starts it with settings that are wrong: everything that is wrong is told at once, and nothing starts.</summary>
[Collection(StoryGroup.Name)]
public sealed class SettingsStories(LocalInstallation installation) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_section_refuses_what_is_no_setting_and_what_makes_no_sense()
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(installation.Configuration))!.AsObject();
        settings["Rolls"] = new JsonArray("ca");
        settings["Endpoints"]!["Grcp"] = "127.0.0.1:1";
        settings["Endpoints"]!["Http"] = "localhost";
        settings["Peers"] = new JsonObject { ["Tsa"] = "tsa:7443", ["Anchor"] = "x.pem" };
        settings["ConnectionStrings"]!["Databse"] = "Host=x";
        settings["Token"]!["PinFiel"] = "x";
        settings["Token"]!["Sessions"] = 0;
        settings["Token"]!["SignatureCheck"] = "Never";
        settings["Clock"]!["TrustSystemClok"] = true;
        settings["Ca"]!["Crl"] = new JsonObject { ["Intervall"] = "06:00:00", ["Validity"] = "00:00:01" };
        settings["Ca"]!["Registration"] = new JsonObject { ["WithoutApproval"] = new JsonArray("everything") };
        settings["Tsa"]!["Units"]![0]!["Accurracy"] = "00:00:01";
        settings["Signer"]!["Otp"] = new JsonObject { ["Atempts"] = 5, ["Lifetime"] = "soon" };
        settings["Signer"]!["Attempts"] = new JsonObject { ["Allowed"] = 0 };
        settings["Audit"]!["CheckpointIntervall"] = "00:01:00";
        settings["Callers"]![0]!["Role"] = "portal";
        settings["Log"]!["Level"] = "Chatty";
        var (code, output) = await StartAsync(settings);
        Assert.Equal(1, code);
        Assert.All(
            new[]
            {
                "Rolls is not a setting. Did you mean 'Roles'?",
                "Endpoints:Grcp is not a setting. Did you mean 'Grpc'?",
                "Endpoints:Http 'localhost' is not an address.",
                "Peers:Tsa 'tsa:7443' is not an address.",
                "Peers:Anchor is not a setting. Did you mean 'Anchors'?",
                "Peers:Certificate is missing.",
                "ConnectionStrings:Databse is not a setting. Did you mean 'Database'?",
                "Token:PinFiel is not a setting. Did you mean 'PinFile'?",
                "Token:Sessions is wrong",
                "Token:SignatureCheck is Never.",
                "Clock:TrustSystemClok is not a setting. Did you mean 'TrustSystemClock'?",
                "Ca:Crl:Intervall is not a setting. Did you mean 'Interval'?",
                "Ca:Crl:Validity is 00:00:01.",
                "Ca:Registration:WithoutApproval names 'everything'.",
                "Tsa:Units:0:Accurracy is not a setting. Did you mean 'Accuracy'?",
                "Signer:Otp:Atempts is not a setting. Did you mean 'Attempts'?",
                "Signer:Otp:Lifetime is 'soon'.",
                "Signer:Attempts:Allowed is 0.",
                "Audit:CheckpointIntervall is not a setting. Did you mean 'CheckpointInterval'?",
                "Callers:0:Role is not a setting. Did you mean 'Roles'?",
                "Log:Level is 'Chatty'.",
            },
            finding => Assert.Contains(finding, output, StringComparison.Ordinal)
        );
        Assert.Contains("23 settings are wrong", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Roles\": [", "server.json can't be read")]
    [InlineData("{ \"Roles\": [] }", "Roles is empty")]
    public async Task A_file_that_is_none_is_told(string content, string told)
    {
        var (code, output) = await RunAsync("--config", _folder.Write("server.json", content));
        Assert.Equal(1, code);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_too_many_is_told()
    {
        var (code, output) = await RunAsync("migarte");
        Assert.Equal(1, code);
        Assert.Contains("'migarte' is neither 'migrate'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrating_without_an_owner_is_refused()
    {
        var (code, output) = await RunAsync("migrate", "--config", installation.Configuration);
        Assert.Equal(1, code);
        Assert.Contains("Audit:MigrationConnectionString is missing", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_without_a_ca_says_how_it_learns_of_revoked_callers()
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(installation.Configuration))!.AsObject();
        settings["Roles"] = new JsonArray("tsa");
        var (code, output) = await StartAsync(settings);
        Assert.Equal(1, code);
        Assert.Contains("CallerRevocation:Crls is empty", output, StringComparison.Ordinal);
        Assert.Contains("1 setting is wrong", output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> StartAsync(JsonObject settings) =>
        RunAsync("--config", _folder.Write("wrong.json", settings.ToJsonString()));

    private static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        ForeignTool.RunAsync("dotnet", [LocalInstallation.ServerProgram, .. arguments]);
}
