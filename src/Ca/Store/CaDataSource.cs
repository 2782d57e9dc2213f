using Npgsql;

namespace EContract.Ca.Store;

/// <summary>The role's own connection pool: another role in the same process has another.</summary>
public sealed class CaDataSource(NpgsqlDataSource value) : IAsyncDisposable
{
    public NpgsqlDataSource Value { get; } = value;

    public ValueTask DisposeAsync() => Value.DisposeAsync();
}
