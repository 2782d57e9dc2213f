using System.Diagnostics;
using System.Globalization;
using System.Text;
using EContract.TestKit;

namespace EContract.Stories.Tests;

/// <summary><c>./run serve</c> as a process: script, server and database.</summary>
internal sealed class RunningSystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _script;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningSystem(Process script)
    {
        _script = script;
        _script.OutputDataReceived += (_, line) => Hear(line.Data);
        _script.ErrorDataReceived += (_, line) => Hear(line.Data);
        _script.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"./run serve ended:\n{Said}"));
        _script.EnableRaisingEvents = true;
        _script.BeginOutputReadLine();
        _script.BeginErrorReadLine();
    }

    /// <summary>What it printed.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<RunningSystem> StartAsync(IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", ["./run", "serve"])
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var system = new RunningSystem(Process.Start(start)!);
        try
        {
            await system._ready.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            await system.StopAsync();
            throw new TimeoutException($"./run serve is not ready:\n{system.Said}");
        }

        return system;
    }

    /// <summary>Kills the server, and waits until the script has noticed and stopped the database.</summary>
    public async Task KillServerAsync()
    {
        using (var server = Process.GetProcessById(FindServer()))
        {
            server.Kill();
        }

        await WaitAsync();
    }

    /// <summary>Ends it in an orderly way.</summary>
    public async Task StopAsync()
    {
        if (!_script.HasExited)
        {
            Subprocess.Run("kill", "-TERM", _script.Id.ToString(CultureInfo.InvariantCulture));
        }

        await WaitAsync();
    }

    private async Task WaitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _script.WaitForExitAsync(timeout.Token);
        _script.Dispose();
    }

    private int FindServer() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .First(id => id != 0 && ParentOf(id) == _script.Id && CommandOf(id).Contains("EContract.Server.dll", StringComparison.Ordinal));

    private static int ParentOf(int id)
    {
        // proc(5): pid (comm) state ppid; comm may hold anything but the last parenthesis ends it.
        var text = Read($"/proc/{id}/stat");
        var words = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
    }

    private static string CommandOf(int id) => Read($"/proc/{id}/cmdline");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The process has ended.
            return "";
        }
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
