using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EContract.Client;
using EContract.Proto.Ca.V1;
using Grpc.Core;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>
/// R14: a caller's certificate that the CA revoked is refused everywhere, also by processes that have no CA of their own. The portal has a second
/// certificate for it, from a ceremony of its own (docs/operations.md), so that the first goes on.
/// </summary>
[Collection(StoryGroup.Name)]
public sealed class CallerRevocationStories(LocalInstallation installation)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task What_the_CA_tells_is_refused_by_a_signer_at_once_and_by_the_CA_itself()
    {
        var serial = await HoldCeremonyAsync("portal-told");
        // Its list is fetched once: whatever changes later, it can only hear.
        await using var signer = await installation.StartSignerAsync(
            new Dictionary<string, string?> { ["CallerRevocation:Interval"] = "1.00:00:00" }
        );
        using var there = installation.Connect("portal-told", signer.Port);
        using var here = installation.Connect("portal-told");
        using var first = installation.Connect("portal", signer.Port);
        await there.Portal.UploadContractAsync();
        await here.Portal.UploadContractAsync();

        // The CA goes away and comes back: it is followed again.
        await installation.KillServerAndRestartAsync();
        await RevokeAsync(serial);
        var refused = await WaitForRefusalAsync(there);
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        await WaitForRefusalAsync(here);
        await first.Portal.UploadContractAsync();
    }

    [Fact]
    public async Task What_a_new_revocation_list_names_is_refused_by_a_TSA_that_hears_nothing_else()
    {
        var serial = await HoldCeremonyAsync("portal-listed");
        await using var tsa = await StartTsaAsync();
        using var there = installation.Connect("portal-listed", tsa.Port);
        using var first = installation.Connect("portal", tsa.Port);
        await there.TimestampAsync();

        await RevokeAsync(serial);
        using (var admin = installation.Connect("admin"))
        {
            await admin.Authority.IssueCrlAsync(new IssueCrlRequest { Authority = "infrastructure" });
        }

        var refused = await WaitForAsync(there.TimestampAsync, "CALLER_CERTIFICATE_REVOKED");
        Assert.Equal(StatusCode.Unauthenticated, refused!.StatusCode);
        await first.TimestampAsync();
    }

    /// <summary>A second certificate of the caller "portal".</summary>
    /// <returns>Its serial number.</returns>
    private async Task<string> HoldCeremonyAsync(string name)
    {
        var script = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(installation.Home, "config", "ceremony.json")))!.AsObject();
        var certificate = script["certificates"]!.AsArray().Single(one => (string?)one!["id"] == "caller-portal")!.DeepClone();
        certificate["id"] = $"caller-{name}";
        certificate["key"]!["file"] = $"callers/{name}.key";
        certificate["certificate"] = $"callers/{name}.crt";
        script["ceremony"] = name;
        script["authorities"] = new JsonArray();
        script["certificates"] = new JsonArray(certificate);
        var file = Path.Combine(installation.Home, "config", $"ceremony-{name}.json");
        await File.WriteAllTextAsync(file, script.ToJsonString());
        var (exit, output) = await installation.CliAsync([
            "ceremony",
            file,
            "--config",
            installation.Configuration,
            "--output",
            installation.Home,
        ]);
        Assert.True(exit == 0, output);
        using var made = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(installation.Home, "callers", $"{name}.crt"));
        using var admin = installation.Connect("admin");
        // The CA takes over what ceremonies made, and knows it from then on.
        await WaitForAsync(
            () => admin.Authority.GetCertificateAsync(new() { SerialNumber = made.SerialNumber.TrimStart('0') }).ResponseAsync,
            ""
        );
        return made.SerialNumber.TrimStart('0');
    }

    private async Task RevokeAsync(string serial)
    {
        using var admin = installation.Connect("admin");
        await admin.Authority.RevokeCertificateAsync(
            new RevokeCertificateRequest
            {
                SerialNumber = serial,
                Reason = "keyCompromise",
                Explanation = "story",
            }
        );
    }

    private async Task<RoleProcess> StartTsaAsync()
    {
        var settings = Settings.Parse(installation.Configuration);
        settings["Roles"] = new JsonArray("tsa");
        settings.Remove("Ca");
        settings.Remove("Signer");
        settings.Remove("Validation");
        settings["CallerRevocation"] = new JsonObject
        {
            ["Crls"] = new JsonArray($"http://127.0.0.1:{installation.HttpPort}/crl/infrastructure.crl"),
            ["Interval"] = "00:00:01",
        };
        settings.Set("Audit:Node", "tsa-alone");
        settings.Set("Log:File", Path.Combine(installation.Home, "log", "tsa-alone.log"));
        return await installation.StartProcessAsync("tsa-alone", settings, LocalInstallation.FreePort(), LocalInstallation.FreePort());
    }

    private static async Task<RefusedException> WaitForRefusalAsync(Caller caller) =>
        (await WaitForAsync(() => caller.Portal.UploadContractAsync(), "CALLER_CERTIFICATE_REVOKED"))!;

    /// <param name="reason">Empty: until the call is answered.</param>
    private static async Task<RefusedException?> WaitForAsync<T>(Func<Task<T>> call, string reason)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            RefusedException? refused = null;
            try
            {
                await RefusedException.TranslateAsync(call);
            }
            catch (RefusedException e)
            {
                refused = e;
            }

            if ((refused?.Reason ?? "") == reason)
            {
                return refused;
            }

            await Task.Delay(50, timeout.Token);
        }
    }
}
