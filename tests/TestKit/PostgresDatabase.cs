using System.Diagnostics;
using Npgsql;

namespace EContract.TestKit;

/// <summary>
/// A database of its own for a test, in the private cluster of the checkout (<c>.econtract/test</c>), which is made and
/// started when it isn't there. Dropped on disposal, also with connections open.
/// </summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Cluster = new(StartClusterAsync);

    private readonly string _server;

    private PostgresDatabase(string server, string name)
    {
        _server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 40 }.ConnectionString;
    }

    /// <summary>The database's name in the cluster.</summary>
    public string Name { get; }

    /// <summary>Npgsql connection string, with all rights on the database.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes an empty database.</summary>
    public static async Task<PostgresDatabase> CreateAsync()
    {
        var server = await Cluster.Value;
        var database = new PostgresDatabase(server, $"t_{Guid.NewGuid():N}");
        await ExecuteAsync(server, $"CREATE DATABASE {database.Name}");
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        await using (var own = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(own);
        }

        await ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        var builder = new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> StartClusterAsync()
    {
        if (Environment.GetEnvironmentVariable("ECONTRACT_TEST_POSTGRES") is { Length: > 0 } given)
        {
            return given;
        }

        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Path, "scripts", "postgres.sh"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("start");
        start.ArgumentList.Add(Path.Combine(RepositoryRoot.Path, ".econtract", "test"));
        start.ArgumentList.Add("--fast");
        using var process = Process.Start(start)!;
        // One line only: PostgreSQL inherits standard output, so its end never comes.
        var line = await process.StandardOutput.ReadLineAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && line is not null
            ? line
            : throw new InvalidOperationException($"scripts/postgres.sh: {await process.StandardError.ReadToEndAsync()}");
    }
}
