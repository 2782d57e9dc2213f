using EContract.TestKit;

namespace EContract.Pdf.Tests;

/// <summary>The real files of shared/corpus.</summary>
internal static class Corpus
{
    public static IEnumerable<string> Unsigned => Names("unsigned");

    public static IEnumerable<string> Signed => Names("signed");

    public static string PathOf(string name) => Path.Combine(RepositoryRoot.Shared, "corpus", name);

    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    private static IEnumerable<string> Names(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(RepositoryRoot.Shared, "corpus", folder), "*.pdf")
            .Select(f => $"{folder}/{Path.GetFileName(f)}")
            .Order(StringComparer.Ordinal);
}
