using System.Reflection;
using Xunit;

namespace EContract.Architecture.Tests;

/// <summary>The layers of the house: arrows point down only (docs/adr/0001-layers.md).</summary>
public sealed class LayerTests
{
    /// <summary>What each assembly may reference of our own. Anything not named is refused.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Grpc"] = [],
        ["Proto"] = ["Grpc"],
        ["Pki"] = [],
        ["Pdf"] = [],
        ["Hsm"] = [],
        ["Validation"] = ["Hosting", "Pki", "Pdf", "Grpc", "Proto"],
        ["Audit"] = ["Hosting", "Pki", "Hsm", "Grpc", "Proto"],
        ["Hosting"] = ["Pki", "Pdf", "Hsm", "Grpc", "Proto"],
        ["Ca"] = ["Validation", "Audit", "Hosting", "Pki", "Hsm", "Grpc", "Proto"],
        ["Tsa"] = ["Audit", "Hosting", "Pki", "Hsm", "Grpc", "Proto"],
        ["Signer"] = ["Validation", "Audit", "Hosting", "Pki", "Pdf", "Hsm", "Grpc", "Proto"],
        ["Client"] = ["Pki", "Pdf", "Grpc", "Proto"],
        ["Server"] = ["Ca", "Tsa", "Signer", "Validation", "Audit", "Hosting", "Pki", "Pdf", "Hsm", "Grpc", "Proto"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Fact]
    public void Every_project_in_src_has_its_place_in_the_layers()
    {
        var folders = Directory.GetDirectories(Path.Combine(Source.Root, "src")).Select(Path.GetFileName);
        Assert.Equal(Allowed.Keys.Order(), folders.Order());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_point_down_only(string project)
    {
        const string Prefix = "EContract.";
        var assembly = Assembly.Load(Prefix + project);
        var ours = assembly
            .GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        Assert.Empty(ours.Select(name => name[Prefix.Length..]).Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_holds_code(string project)
    {
        var types = Assembly.Load("EContract." + project).GetTypes();
        Assert.Contains(types, type => type.Namespace is not null && !type.Name.StartsWith('<'));
    }
}
