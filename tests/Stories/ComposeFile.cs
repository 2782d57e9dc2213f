using System.Text.Json.Nodes;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>docker-compose.yml as a YAML parser of somebody else reads it, anchors and merged keys resolved.</summary>
internal sealed class ComposeFile
{
    private const string ToJson = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";

    private ComposeFile(JsonObject content) => Content = content;

    public JsonObject Content { get; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, JsonObject> Services =>
        Content["services"]!.AsObject().ToDictionary(service => service.Key, service => service.Value!.AsObject());

    /// <summary>Services that run the server.</summary>
    public IEnumerable<string> RoleServices =>
        Services.Keys.Where(name => EnvironmentOf(name).ContainsKey("ECONTRACT__Roles__0")).Order(StringComparer.Ordinal);

    /// <summary>Name → file on the host.</summary>
    public IReadOnlyDictionary<string, string> Secrets =>
        Content["secrets"]!.AsObject().ToDictionary(secret => secret.Key, secret => (string)secret.Value!["file"]!);

    public static async Task<ComposeFile> ReadAsync()
    {
        var (exit, json) = await ForeignTool.RunAsync("python3", "-c", ToJson, Path.Combine(RepositoryRoot.Path, "docker-compose.yml"));
        Assert.True(exit == 0, json);
        return new ComposeFile(JsonNode.Parse(json)!.AsObject());
    }

    public Dictionary<string, string> EnvironmentOf(string service) =>
        Services[service]["environment"]?.AsObject().ToDictionary(variable => variable.Key, variable => variable.Value!.ToString()) ?? [];

    public IReadOnlyList<string> SecretsOf(string service) => ListOf(service, "secrets");

    /// <summary>Source and target of each.</summary>
    public IEnumerable<(string Source, string Target)> VolumesOf(string service) =>
        ListOf(service, "volumes").Select(volume => volume.Split(':')).Select(parts => (parts[0], parts[1]));

    public IReadOnlyList<string> ListOf(string service, string key) =>
        Services[service][key] is JsonArray list ? [.. list.Select(entry => entry!.ToString())] : [];
}
