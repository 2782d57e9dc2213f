using System.Text.RegularExpressions;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>docker-compose.yml, Dockerfile and docker/ fit each other and what is in the checkout.</summary>
public sealed partial class ContainerTests
{
    private static readonly string[] Roles = ["ca", "tsa", "signer", "validation"];

    [Fact]
    public async Task Every_role_is_served_by_exactly_one_container_of_the_one_image()
    {
        var compose = await ComposeFile.ReadAsync();
        Assert.Equal(["ca", "signer", "tsa"], compose.RoleServices);
        var served = compose
            .RoleServices.SelectMany(compose.EnvironmentOf)
            .Where(variable => variable.Key.StartsWith("ECONTRACT__Roles__", StringComparison.Ordinal))
            .Select(variable => variable.Value);
        Assert.Equal(Roles.Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
        foreach (var service in compose.RoleServices.Append("init"))
        {
            Assert.Equal(
                (".", "econtract:latest"),
                ((string?)compose.Services[service]["build"], (string?)compose.Services[service]["image"])
            );
        }

        var nodes = compose.RoleServices.Select(service => compose.EnvironmentOf(service)["ECONTRACT__Audit__Node"]).ToList();
        Assert.Equal(nodes.Count, nodes.Distinct().Count());
        var ports = compose
            .RoleServices.SelectMany(service => compose.ListOf(service, "ports"))
            .Select(port => port.Split(':')[0])
            .ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    [Fact]
    public async Task The_roles_wait_for_the_init_job_and_the_database_and_tell_their_health()
    {
        var compose = await ComposeFile.ReadAsync();
        foreach (var service in compose.RoleServices)
        {
            var waits = compose.Services[service]["depends_on"]!.AsObject();
            Assert.Equal("service_completed_successfully", (string?)waits["init"]!["condition"]);
            Assert.Equal("service_healthy", (string?)waits["database"]!["condition"]);
            Assert.Contains(
                "http://127.0.0.1:7080/readyz",
                compose.Services[service]["healthcheck"]!["test"]!.ToJsonString(),
                StringComparison.Ordinal
            );
        }

        Assert.Equal("service_healthy", (string?)compose.Services["init"]["depends_on"]!["database"]!["condition"]);
        Assert.Contains("pg_isready", compose.Services["database"]["healthcheck"]!["test"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_mounted_is_there_or_a_declared_volume()
    {
        var compose = await ComposeFile.ReadAsync();
        var declared = compose.Content["volumes"]!.AsObject().Select(volume => volume.Key).ToHashSet();
        foreach (var (source, _) in compose.Services.Keys.SelectMany(compose.VolumesOf))
        {
            Assert.True(
                source.StartsWith("./", StringComparison.Ordinal)
                    ? File.Exists(Path.Combine(RepositoryRoot.Path, source))
                    : declared.Remove(source) || compose.Content["volumes"]!.AsObject().ContainsKey(source),
                source
            );
        }

        Assert.Empty(declared);
    }

    [Theory]
    [InlineData("database", "docker/database.sh")]
    [InlineData("init", "docker/init.sh", "docker/server.json")]
    [InlineData("ca", "docker/server.json")]
    [InlineData("tsa", "docker/server.json")]
    [InlineData("signer", "docker/server.json")]
    public async Task A_container_has_the_secrets_that_its_files_read_and_no_others(string service, params string[] files)
    {
        var compose = await ComposeFile.ReadAsync();
        var read = files
            .Select(file => File.ReadAllText(Path.Combine(RepositoryRoot.Path, file)))
            .Append(compose.Services[service].ToJsonString())
            .SelectMany(text => Secret().Matches(text))
            .Select(match => match.Groups[1].Value);
        Assert.Equal(read.Distinct().Order(StringComparer.Ordinal), compose.SecretsOf(service).Order(StringComparer.Ordinal));
        Assert.All(compose.SecretsOf(service), secret => Assert.Contains(secret, compose.Secrets.Keys));
    }

    [Fact]
    public void The_image_is_made_of_what_is_there()
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "Dockerfile"));
        var copied = lines.Where(line =>
            line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal)
        );
        Assert.All(copied, line => Assert.True(Path.Exists(Path.Combine(RepositoryRoot.Path, line.Split(' ')[1])), line));
        var published = Published().Matches(string.Join('\n', lines)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(["src/Server", "tools/Cli"], published);
        Assert.All(published, project => Assert.True(Directory.Exists(Path.Combine(RepositoryRoot.Path, project)), project));
        Assert.Contains(lines, line => line.StartsWith("USER econtract", StringComparison.Ordinal));
    }

    [GeneratedRegex("/run/secrets/([a-z_]+)")]
    private static partial Regex Secret();

    [GeneratedRegex("dotnet publish (\\S+)")]
    private static partial Regex Published();
}
