namespace EContract.TestKit;

/// <summary>Where the checkout is, found by walking up from the test assembly to <c>EContract.sln</c>.</summary>
public static class RepositoryRoot
{
    /// <summary>The checkout's folder.</summary>
    public static string Path { get; } = Find();

    /// <summary>The plan and data folder beside the checkout (<c>../shared</c>): corpus, PKITS.</summary>
    public static string Shared => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, "..", "shared"));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "EContract.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"EContract.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
