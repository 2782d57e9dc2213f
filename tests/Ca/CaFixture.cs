using Xunit;

namespace EContract.Ca.Tests;

/// <summary>One running CA for all tests that don't mind company.</summary>
public sealed class CaFixture : IAsyncLifetime
{
    public CaHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await CaHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
