using System.Diagnostics;

namespace EContract.TestKit;

/// <summary>The packages of Node that foreign peers need: grpc-js and its loader of .proto files.</summary>
public static class NodePackages
{
    private static readonly string Home = System.IO.Path.Combine(RepositoryRoot.Path, "tests", "Interop", "peers", "node");

    /// <summary>For <c>NODE_PATH</c>.</summary>
    public static string Path { get; } = System.IO.Path.Combine(Home, "node_modules");

    /// <summary>Installs what package-lock.json names, if that was not done yet.</summary>
    /// <exception cref="InvalidOperationException">npm failed; the message has what it said.</exception>
    public static async Task InstallAsync()
    {
        if (Directory.Exists(System.IO.Path.Combine(Path, "@grpc", "grpc-js")))
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
