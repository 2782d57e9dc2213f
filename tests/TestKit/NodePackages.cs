using System.Diagnostics;

namespace EContract.TestKit;

/// <summary>The packages of Node that foreign peers need: grpc-js and its loader of .proto files.</summary>
public static class NodePackages
{
    private static readonly string Home = System.IO.Path.Combine(RepositoryRoot.Path, "tests", "Interop", "peers", "node");

    /// <summary>For <c>NODE_PATH</c>.</summary>
    public static string Path { get; } = System.IO.Path.Combine(Home, "node_modules");

    // npm writes it last, so what a run that was stopped left behind is not taken for the whole.
    private static readonly string Installed = System.IO.Path.Combine(Path, ".package-lock.json");

    // Test classes run side by side: the first one installs, the others wait for it.
    private static readonly Lazy<Task> Installation = new(RunAsync);

    /// <summary>Installs what package-lock.json names, if that was not done yet.</summary>
    /// <exception cref="InvalidOperationException">npm failed; the message has what it said.</exception>
    public static Task InstallAsync() => Installation.Value;

    private static async Task RunAsync()
    {
        if (File.Exists(Installed))
        {
            return;
        }

        var start = new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = Home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var npm = Process.Start(start)!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci failed: {await output}{await errors}");
        }
    }
}
