using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests;

/// <summary>An empty certificate store, which pdfsig wants before it verifies anything.</summary>
public sealed class NssDatabase : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public async ValueTask InitializeAsync()
    {
        (int exit, string output) = await ForeignTool.RunAsync("certutil", "-N", "-d", Path, "--empty-password");
        Assert.True(exit == 0, output);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
