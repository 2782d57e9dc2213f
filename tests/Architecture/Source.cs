namespace EContract.Architecture.Tests;

/// <summary>Our own source files, for rules that only the text shows.</summary>
internal static class Source
{
    /// <summary>The checkout's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files below a folder of the checkout, without build output: path relative to the checkout, and text.</summary>
    public static IEnumerable<(string Path, string Text)> Files(string folder) =>
        from file in Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let path = System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        orderby path
        select (path, File.ReadAllText(file));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "EContract.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("EContract.sln is in no folder above the test.");
    }
}
