using System.Net;
using System.Text.Json.Nodes;
using EContract.Client;
using EContract.TestKit;
using Grpc.Core;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>
/// docker-compose.yml without Docker: a process per role, each with docker/server.json and the environment of its container, on the
/// folders, database and token of this installation.
/// </summary>
[Collection(StoryGroup.Name)]
public sealed class SplitStories(LocalInstallation installation)
{
    [Fact]
    public async Task Three_processes_of_one_role_each_do_the_main_job()
    {
        var ports = new[] { "ca", "tsa", "signer" }.ToDictionary(role => role, _ => LocalInstallation.FreePort());
        await using var ca = await StartAsync("ca", ports);
        await using var tsa = await StartAsync("tsa", ports);
        await using var signer = await StartAsync("signer", ports);
        using var http = new HttpClient();
        foreach (var process in new[] { ca, tsa, signer })
        {
            using var health = await http.GetAsync(new Uri($"http://127.0.0.1:{process.HttpPort}/readyz"));
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        var subscriber = await installation.EnrolAsync(await installation.RegisterAsync(), signer.Port);
        using var caller = installation.Connect("portal", signer.Port);
        var document = await caller.Portal.UploadContractAsync();
        var begun = await caller.Portal.BeginAsync(subscriber, document);
        await caller.Portal.CompleteAsync(begun.ActivationId, await installation.CodeOfAsync(subscriber), subscriber.Pin);
        Assert.Equal(1, await installation.TrustedSignaturesAsync(await caller.Portal.DownloadAsync(document)));

        // The signer's container judges signatures, too.
        var file = Path.Combine(installation.Home, "split.pdf");
        await File.WriteAllBytesAsync(file, await caller.Portal.DownloadAsync(document));
        var (verified, report) = await installation.CliAsync("verify", file, "--online", "--server", $"https://127.0.0.1:{signer.Port}");
        Assert.True(verified == 0, report);

        // Each answers for its own role only.
        using var astray = installation.Connect("portal", tsa.Port);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => astray.Portal.GetDocumentAsync(document));
        Assert.Equal((StatusCode.Unimplemented, "NOT_IMPLEMENTED"), (refused.StatusCode, refused.Reason));
        Assert.Equal("signer", refused.Facts["role"]);
        using var crl = await http.GetAsync(new Uri($"http://127.0.0.1:{ca.HttpPort}/ca/subscribers.cer"));
        using var none = await http.GetAsync(new Uri($"http://127.0.0.1:{signer.HttpPort}/ca/subscribers.cer"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (crl.StatusCode, none.StatusCode));
    }

    private async Task<RoleProcess> StartAsync(string role, IReadOnlyDictionary<string, int> ports)
    {
        var docker = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docker", "server.json"));
        var settings = JsonNode.Parse(docker.Replace("/var/lib/econtract", installation.Home, StringComparison.Ordinal))!.AsObject();
        // What containers have of their own: names of each other, the database's host, secrets.
        settings.Set("Peers:Ca", $"https://localhost:{ports["ca"]}");
        settings.Set("Peers:Tsa", $"https://localhost:{ports["tsa"]}");
        var local = Settings.Parse(installation.Configuration);
        settings["ConnectionStrings"] = local["ConnectionStrings"]!.DeepClone();
        settings["Token"] = local["Token"]!.DeepClone();
        settings["CallerRevocation"] = new JsonObject
        {
            ["Crls"] = new JsonArray($"http://{local["Endpoints"]!["Http"]}/crl/infrastructure.crl"),
        };
        // The repository lies on this machine here.
        foreach (var section in new[] { "Validation", "Signer:Archive" })
        {
            settings.Set($"{section}:Online:PrivateNetworks", new JsonArray("127.0.0.0/8"));
        }

        return await installation.StartProcessAsync(
            $"container-{role}",
            settings,
            ports[role],
            LocalInstallation.FreePort(),
            (await ComposeFile.ReadAsync()).EnvironmentOf(role)
        );
    }
}
