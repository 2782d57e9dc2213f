using System.Diagnostics;
using System.Globalization;
using EContract.TestKit;

namespace EContract.Interop.Tests.Peers;

/// <summary>A gRPC implementation of others, run as a process: grpc-js by Node, grpcio by Debian's Python.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly string Peers = Path.Combine(RepositoryRoot.Path, "tests", "Interop", "peers");

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static PeerProcess Start(string script, params string[] arguments)
    {
        var interpreter = script.EndsWith(".js", StringComparison.Ordinal) ? "node" : "/usr/bin/python3";
        var start = new ProcessStartInfo(interpreter, [Path.Combine(Peers, script), .. arguments])
        {
            RedirectStandardInput = true, // servers end when it is closed
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return new PeerProcess(Process.Start(start)!);
    }

    /// <summary>The port of a server that says <c>ready N</c>.</summary>
    public async Task<int> ReadPortAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync();
        Assert.True(
            line?.StartsWith("ready ", StringComparison.Ordinal),
            $"The peer did not start: {line} {(line is null ? await _errors : "")}"
        );
        return int.Parse(line!["ready ".Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>What a client that runs the cases says of each: <c>ok</c> or why it failed.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadResultsAsync()
    {
        var results = new Dictionary<string, string>();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ', 3);
            results[words[1].TrimEnd(':')] = words[0] == "ok" ? "ok" : line;
        }

        return results.Count > 0 ? results : throw new InvalidOperationException("The peer ran no case: " + await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
