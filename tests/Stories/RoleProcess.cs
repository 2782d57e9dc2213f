using System.Diagnostics;
using System.Globalization;
using System.Text;
using EContract.TestKit;

namespace EContract.Stories.Tests;

/// <summary>A process of its own that serves some of the roles on an installation's database and token, with the others as peers over mutual TLS.</summary>
internal sealed class RoleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string> _ended;

    private RoleProcess(Process process, int port, int httpPort, Action<string> ended)
    {
        (_process, Port, HttpPort, _ended) = (process, port, httpPort, ended);
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"the server ended:\n{Said}"));
        _process.EnableRaisingEvents = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>gRPC.</summary>
    public int Port { get; }

    public int HttpPort { get; }

    public int Id => _process.Id;

    private string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <param name="environment">Settings over those of the file, as containers get them.</param>
    /// <param name="ended">Gets everything that it printed, when it is over.</param>
    public static async Task<RoleProcess> StartAsync(
        string configuration,
        int port,
        int httpPort,
        IReadOnlyDictionary<string, string> environment,
        Action<string> ended
    )
    {
        var program = Path.Combine(RepositoryRoot.Path, "src", "Server", "bin", "Release", "net10.0", "EContract.Server.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--config", configuration])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new RoleProcess(Process.Start(start)!, port, httpPort, ended);
        try
        {
            await process._ready.Task.WaitAsync(Patience);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until <c>/readyz</c> says yes.</summary>
    public async Task WaitUntilReadyAsync(HttpClient http)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            using var health = await http.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}/readyz"), timeout.Token);
            if (health.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(50, timeout.Token);
        }
    }

    /// <summary>Waits until it has killed itself.</summary>
    /// <returns>Its exit code: 128 + 9 for SIGKILL.</returns>
    public async Task<int> DeathAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Subprocess.Run("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        }

        await DeathAsync();
        _process.Dispose();
        _ended(Said);
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_said)
        {
            _said.AppendLine(line);
        }

        if (line.StartsWith("ready: ", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
