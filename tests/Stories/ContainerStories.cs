using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>
/// What docker compose does, without Docker: the commands of docker/README.md, database.sh, init.sh and the three role containers, each with its own
/// environment, on folders that stand for the volumes.
/// </summary>
[Collection(StoryGroup.Name)]
public sealed class ContainerStories : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ContainerStories()
    {
        // PostgreSQL runs as another user when we are root, and has to reach its folder.
        Subprocess.Run("chmod", "755", _folder.Path);
    }

    private string State => Path.Combine(_folder.Path, "state");

    public void Dispose()
    {
        Subprocess.Run(Path.Combine(RepositoryRoot.Path, "scripts", "postgres.sh"), "stop", Path.Combine(_folder.Path, "database"));
        _folder.Dispose();
    }

    [Fact]
    public async Task From_nothing_to_three_healthy_roles_and_again()
    {
        var compose = await ComposeFile.ReadAsync();
        await MakeSecretsAsync(compose);
        var socket = await StartDatabaseAsync();
        var ports = compose.RoleServices.ToDictionary(
            role => role,
            _ => (Grpc: LocalInstallation.FreePort(), Http: LocalInstallation.FreePort())
        );
        // Names in the containers' network and paths in the containers, as they are here.
        string Here(string text) =>
            text.Replace("/var/lib/econtract", State, StringComparison.Ordinal)
                .Replace("/run/secrets", Path.Combine(_folder.Path, "run", "secrets"), StringComparison.Ordinal)
                .Replace("/etc/econtract/server.json", Path.Combine(_folder.Path, "server.json"), StringComparison.Ordinal)
                .Replace("/etc/econtract/ceremony.json", Docker("ceremony.json"), StringComparison.Ordinal)
                .Replace("/app/server/EContract.Server.dll", LocalInstallation.ServerProgram, StringComparison.Ordinal)
                .Replace("/app/cli/econtract.dll", LocalInstallation.CliProgram, StringComparison.Ordinal)
                .Replace("Host=database", $"Host={socket}", StringComparison.Ordinal)
                .Replace("https://ca:7443", $"https://localhost:{ports["ca"].Grpc}", StringComparison.Ordinal)
                .Replace("https://tsa:7443", $"https://localhost:{ports["tsa"].Grpc}", StringComparison.Ordinal)
                .Replace("http://ca:7080", $"http://127.0.0.1:{ports["ca"].Http}", StringComparison.Ordinal);

        var settings = Here(await File.ReadAllTextAsync(Docker("server.json")));
        _folder.Write("server.json", settings);
        var init = _folder.Write("init.sh", Here(await File.ReadAllTextAsync(Docker("init.sh"))));
        await RunAsync("sh", init);
        var made = await FingerprintAsync();
        await RunAsync("sh", init);
        Assert.Equal(made, await FingerprintAsync());

        var processes = new List<RoleProcess>();
        try
        {
            foreach (var role in compose.RoleServices)
            {
                var own = JsonNode.Parse(settings)!.AsObject();
                own.Set("Endpoints:Grpc", $"127.0.0.1:{ports[role].Grpc}");
                own.Set("Endpoints:Http", $"127.0.0.1:{ports[role].Http}");
                var file = _folder.Write($"{role}.json", own.ToJsonString());
                processes.Add(
                    await RoleProcess.StartAsync(file, ports[role].Grpc, ports[role].Http, compose.EnvironmentOf(role), TestRunLog.Add)
                );
            }

            using var http = new HttpClient();
            foreach (var process in processes)
            {
                // The first list of revoked callers may be on its way yet.
                await process.WaitUntilReadyAsync(http);
            }

            Assert.Equal(
                HttpStatusCode.OK,
                (await http.GetAsync(new Uri($"http://127.0.0.1:{ports["ca"].Http}/crl/infrastructure.crl"))).StatusCode
            );
        }
        finally
        {
            foreach (var process in processes)
            {
                await process.DisposeAsync();
            }
        }
    }

    /// <summary>By the README's own commands, and mounted under the names that docker-compose.yml gives them.</summary>
    private async Task MakeSecretsAsync(ComposeFile compose)
    {
        var readme = await File.ReadAllTextAsync(Docker("README.md"));
        var begin = readme.IndexOf("```sh\n", readme.IndexOf("## Secrets", StringComparison.Ordinal), StringComparison.Ordinal) + 6;
        await RunAsync("bash", "-euc", readme[begin..readme.IndexOf("```", begin, StringComparison.Ordinal)]);
        var mounted = Directory.CreateDirectory(Path.Combine(_folder.Path, "run", "secrets")).FullName;
        foreach (var (name, file) in compose.Secrets)
        {
            var secret = await File.ReadAllTextAsync(Path.Combine(_folder.Path, file));
            TestRunLog.Secret(secret.TrimEnd().Split(':')[^1]);
            await File.WriteAllTextAsync(Path.Combine(mounted, name), secret);
            // libpq and Npgsql believe no password file that others can read.
            Subprocess.Run("chmod", "600", Path.Combine(mounted, name));
        }
    }

    /// <returns>The folder of its socket.</returns>
    private async Task<string> StartDatabaseAsync()
    {
        var answer = Subprocess.Run(
            Path.Combine(RepositoryRoot.Path, "scripts", "postgres.sh"),
            "start",
            Path.Combine(_folder.Path, "database"),
            "--fast"
        );
        var socket = answer.Split(';')[0].Replace("Host=", "", StringComparison.Ordinal).Trim();
        var script = (await File.ReadAllTextAsync(Docker("database.sh"))).Replace(
            "/run/secrets",
            Path.Combine(_folder.Path, "run", "secrets"),
            StringComparison.Ordinal
        );
        await RunAsync("env", $"PGHOST={socket}", "POSTGRES_USER=postgres", "sh", "-c", script);
        return socket;
    }

    /// <summary>Of what the init job makes once.</summary>
    private async Task<string> FingerprintAsync()
    {
        var files = new[] { "hierarchy.json", "pki/root.pem", "ceremonies/docker/transcript.json.sig", "callers/portal.crt" };
        return string.Join('|', await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(Path.Combine(State, file)))));
    }

    private async Task RunAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        TestRunLog.Add(output);
        Assert.True(process.ExitCode == 0, output);
    }

    private static string Docker(string file) => Path.Combine(RepositoryRoot.Path, "docker", file);
}
