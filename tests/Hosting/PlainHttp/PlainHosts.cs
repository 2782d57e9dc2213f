using EContract.Hosting.PlainHttp;
using Xunit;

namespace EContract.Hosting.Tests.PlainHttp;

/// <summary>The same service with and without plain requests answered in front of Kestrel, for tests that compare the two.</summary>
public sealed class PlainHosts : IAsyncLifetime
{
    private PlainHost? _plain;
    private PlainHost? _kestrel;

    internal PlainHost Plain => _plain ?? throw new InvalidOperationException("Not started.");

    internal PlainHost Kestrel => _kestrel ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        // a slow machine must not make a connection idle
        _plain = await PlainHost.StartAsync(new PlainHttpOptions { IdleTime = TimeSpan.FromDays(1) });
        _kestrel = await PlainHost.StartAsync(null);
    }

    public async ValueTask DisposeAsync()
    {
        await _plain!.DisposeAsync();
        await _kestrel!.DisposeAsync();
    }
}
