using System.Text.RegularExpressions;
using Xunit;

namespace EContract.Architecture.Tests;

/// <summary>The rules of the house that are seen in the text of the sources.</summary>
public sealed partial class SourceRuleTests
{
    [Fact]
    public void Only_Hsm_has_unsafe_code() =>
        Assert.Empty(
            from file in Source.Files("src")
            where !file.Path.StartsWith("src/Hsm/", StringComparison.Ordinal) && UnsafeKeyword().IsMatch(WithoutComments(file.Text))
            select file.Path
        );

    [Theory]
    [InlineData("src/Pki")]
    [InlineData("src/Pdf")]
    public void Formats_do_no_io_read_no_clock_and_take_no_logger(string folder) =>
        Assert.Empty(
            from file in Source.Files(folder)
            let found = Impure().Match(WithoutComments(file.Text))
            where found.Success
            select $"{file.Path}: {found.Value}"
        );

    [Fact]
    public void Time_comes_from_TimeProvider() =>
        Assert.Empty(
            from file in Source.Files("src")
            let found = Clock().Match(WithoutComments(file.Text))
            where found.Success
            select $"{file.Path}: {found.Value}"
        );

    [Theory]
    [InlineData("Ca")]
    [InlineData("Tsa")]
    [InlineData("Signer")]
    public void Protobuf_types_stop_in_the_Grpc_folder_of_a_role(string role) =>
        Assert.Empty(
            from file in Source.Files($"src/{role}")
            where
                !file.Path.StartsWith($"src/{role}/Grpc/", StringComparison.Ordinal)
                && Path.GetFileName(file.Path) is not "Composition.cs"
                && file.Text.Contains("using EContract.Proto.", StringComparison.Ordinal)
            select file.Path
        );

    [Theory]
    [InlineData("Ca")]
    [InlineData("Tsa")]
    [InlineData("Signer")]
    public void Entities_contexts_and_migrations_are_declared_in_the_Store_folder_of_a_role(string role) =>
        Assert.Empty(
            from file in Source.Files($"src/{role}")
            where
                !file.Path.StartsWith($"src/{role}/Store/", StringComparison.Ordinal)
                && EntityDeclaration().IsMatch(WithoutComments(file.Text))
            select file.Path
        );

    [Theory]
    [InlineData("Ca")]
    [InlineData("Tsa")]
    [InlineData("Signer")]
    public void Entity_framework_and_SQL_stop_in_the_Store_folder_of_a_role(string role) =>
        Assert.Empty(
            from file in Source.Files($"src/{role}")
            where
                !file.Path.StartsWith($"src/{role}/Store/", StringComparison.Ordinal)
                && Path.GetFileName(file.Path) is not "Composition.cs"
                && (file.Text.Contains("using Microsoft.EntityFrameworkCore", StringComparison.Ordinal) || Sql().IsMatch(file.Text))
            select file.Path
        );

    [Fact]
    public void A_folder_names_the_namespace() =>
        Assert.Empty(
            from file in Source.Files("src")
            let declared = Namespace().Match(file.Text)
            where declared.Success
            let folder = string.Join('.', Path.GetDirectoryName(file.Path)!.Split('/')[1..])
            where !IsOfficialApi(file.Path)
            where declared.Groups[1].Value != $"EContract.{folder}"
            select $"{file.Path}: {declared.Groups[1].Value}"
        );

    [Fact]
    public void Folders_are_nouns_of_the_domain_never_patterns()
    {
        string[] patterns = ["Services", "Helpers", "Utils", "Utilities", "Common", "Managers", "Misc", "Shared"];
        Assert.Empty(
            from file in Source.Files("src")
            where !IsOfficialApi(file.Path) && file.Path.Split('/').Intersect(patterns).Any()
            select file.Path
        );
    }

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.Empty(
            from folder in new[] { "src", "tools", "tests", "bench" }
            from file in Source.Files(folder)
            where
                !IsOfficialApi(file.Path)
                && Unfinished().IsMatch(file.Text)
                && !file.Path.EndsWith("SourceRuleTests.cs", StringComparison.Ordinal)
            select file.Path
        );

    /// <summary>The API of the official packages: its namespaces, and virtual members that throw NotImplementedException, are theirs.</summary>
    private static bool IsOfficialApi(string path) => path.StartsWith("src/Grpc/Core/", StringComparison.Ordinal);

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bunsafe\s+(\w+\s+)*[\w{]")]
    private static partial Regex UnsafeKeyword();

    [GeneratedRegex(
        @"\bFile\.(Open|Read|Write|Create|Delete|Exists)\w*|\bHttpClient\b|\bILogger\b|\bDateTime(Offset)?\.(Utc)?Now\b|\bTimeProvider\b|\bSocket\b"
    )]
    private static partial Regex Impure();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@":\s*(DbContext|Migration|IEntityTypeConfiguration)\b")]
    private static partial Regex EntityDeclaration();

    [GeneratedRegex(@"\bNpgsqlCommand\b|\bCreateCommand\(")]
    private static partial Regex Sql();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException")]
    private static partial Regex Unfinished();
}
