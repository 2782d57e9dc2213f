using EContract.TestKit;
using Xunit;

namespace EContract.Tsa.Tests;

/// <summary>One authority for all tests that only ask it.</summary>
public sealed class TsaFixture : IAsyncLifetime
{
    private PostgresDatabase? _database;
    private TsaHost? _host;

    public TsaHost Host => _host ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _host = await TsaHost.StartAsync(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}

[CollectionDefinition("tsa")]
public sealed class TsaCollection : ICollectionFixture<TsaFixture>;
