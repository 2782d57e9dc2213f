using System.Diagnostics;

namespace EContract.Tsa.Tests.Serials;

/// <summary>A node of the authority in a process of its own, to be killed.</summary>
internal sealed class KilledNode : IDisposable
{
    public const string Argument = "--tsa-node";
    private readonly Process _process;

    private KilledNode(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<KilledNode> StartAsync(string connectionString)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledNode).Assembly.Location);
        }

        start.ArgumentList.Add(Argument);
        start.ArgumentList.Add(connectionString);
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync();
        return line is not null ? new KilledNode(process, new Uri(line)) : throw new InvalidOperationException("The node did not start.");
    }

    /// <summary>SIGKILL, at whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>In the child: serves until it is killed, or until its parent is gone.</summary>
    public static async Task<int> RunAsync(string connectionString)
    {
        await using TsaHost host = await TsaHost.StartAsync(connectionString, units: ["p256"]);
        Console.WriteLine(host.Address);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
