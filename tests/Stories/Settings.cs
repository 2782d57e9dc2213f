using System.Text.Json.Nodes;

namespace EContract.Stories.Tests;

/// <summary>A server's settings file, to be changed before a process is started with it.</summary>
internal static class Settings
{
    public static JsonObject Parse(string file) => JsonNode.Parse(File.ReadAllText(file))!.AsObject();

    /// <param name="path">Section and name with colons: <c>Signer:Signing:KillAt</c>.</param>
    /// <param name="value">null: without it.</param>
    public static void Set(this JsonObject settings, string path, JsonNode? value)
    {
        var names = path.Split(':');
        var section = settings;
        foreach (var name in names[..^1])
        {
            section = (section[name] ??= new JsonObject()).AsObject();
        }

        if (value is null)
        {
            section.Remove(names[^1]);
        }
        else
        {
            section[names[^1]] = value;
        }
    }
}
