using EContract.InteropServer;
using Microsoft.Extensions.Hosting;

InteropServerOptions options;
try
{
    options = InteropServerOptions.Parse(args);
}
catch (Exception e) when (e is FormatException or OverflowException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

await using var app = InteropHost.Build(options);
await app.StartAsync();
Console.WriteLine($"ready: grpc.testing.TestService on 127.0.0.1:{InteropHost.PortOf(app)}");
await app.WaitForShutdownAsync();
return 0;
