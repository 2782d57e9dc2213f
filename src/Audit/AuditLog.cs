using EContract.Audit.Appending;
using EContract.Audit.Store;
using EContract.Hosting.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EContract.Audit;

/// <summary>
/// The evidence log of this node: append-only, hash-chained, durable when an append completes. Thread-safe.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _connectionString;
    private readonly Lock _opening = new();

    // Guarded by _opening. An attempt that failed is replaced at the next call, so that the log opens when the database is back.
    private Task<ChainWriter>? _writer;

    /// <param name="connectionString">Database of the log; the user needs to insert and select only, if the schema has an owner of its own.</param>
    public AuditLog(string connectionString, AuditOptions? options = null, TimeProvider? time = null, ILogger<AuditLog>? logger = null)
    {
        _options = options ?? new AuditOptions();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<AuditLog>.Instance;
        _dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "econtract-audit" });
        _connectionString = connectionString;
    }

    /// <summary>Why the log can't be written at the moment; null when it can.</summary>
    public string? Trouble
    {
        get
        {
            var writer = Volatile.Read(ref _writer);
            return writer is null ? "The log is not open yet."
                : writer.IsCompletedSuccessfully ? writer.Result.Trouble
                : writer.Exception?.InnerException?.Message ?? "The log is being opened.";
        }
    }

    /// <summary>True when the database user has more rights on the records than it needs; only the trigger keeps it from changing them.</summary>
    public bool CanRewrite { get; private set; }

    internal NpgsqlDataSource DataSource => _dataSource;

    internal string ConnectionString => _connectionString;

    /// <summary>Opens the log at once (the first append would).</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default) => await ReadyAsync(cancellationToken);

    /// <summary>
    /// Records in the caller's open transaction what the transaction does: both are committed or neither. The link into the chain
    /// follows within <see cref="AuditOptions.LinkDelay"/> of the commit.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no open transaction.</exception>
    public async Task AppendAsync(DbContext inTransaction, AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        var writer = await ReadyAsync(cancellationToken);
        var transaction =
            inTransaction.Database.CurrentTransaction
            ?? throw new InvalidOperationException(
                "The audit event must be recorded in the transaction that it tells about: begin one first."
            );
        var connection = (NpgsqlConnection)inTransaction.Database.GetDbConnection();
        var prepared = PreparedEvent.From(auditEvent, _options.Node, _time);
        await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction)transaction.GetDbTransaction());
        foreach (var command in EventInsert.Create(prepared.HasSideRows))
        {
            batch.BatchCommands.Add(command);
        }

        EventInsert.Bind(batch, [prepared], deferred: true, prepared.HasSideRows);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        writer.ExpectDeferred();
    }

    /// <summary>Records an event by itself; when the task completes it is on disk and in the chain. Appends of many callers share a commit.</summary>
    /// <exception cref="ServiceException">AUDIT_UNAVAILABLE: it can't be recorded, so what it tells must not be done or released.</exception>
    public async Task AppendAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        var writer = await ReadyAsync(cancellationToken);
        await EnqueueAsync(
            writer,
            new PendingAppend(PreparedEvent.From(auditEvent, _options.Node, _time), cancellationToken),
            cancellationToken
        );
    }

    /// <summary>Links all events into the chain whose transactions have been committed.</summary>
    public async Task LinkAsync(CancellationToken cancellationToken) =>
        await EnqueueAsync(await ReadyAsync(cancellationToken), new PendingAppend(null, default), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_writer is { IsCompletedSuccessfully: true } writer)
        {
            await (await writer).DisposeAsync();
        }

        await _dataSource.DisposeAsync();
    }

    private async Task EnqueueAsync(ChainWriter writer, PendingAppend append, CancellationToken cancellationToken)
    {
        if (!writer.TryEnqueue(append))
        {
            throw new ServiceException(Fault.AuditUnavailable, "Too many events wait for the audit log.");
        }

        try
        {
            await append.Done.WaitAsync(_options.AppendTimeout, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw new ServiceException(Fault.AuditUnavailable, "The audit log can't be written.", metadata: null, exception);
        }
    }

    private async Task<ChainWriter> ReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Opened().WaitAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new ServiceException(Fault.AuditUnavailable, "The audit log can't be opened.", metadata: null, exception);
        }
    }

    private Task<ChainWriter> Opened()
    {
        lock (_opening)
        {
            if (_writer is null or { IsFaulted: true })
            {
                _writer = Task.Run(OpenAsync);
            }

            return _writer;
        }
    }

    private async Task<ChainWriter> OpenAsync()
    {
        if (_options.MigrationConnectionString is not null)
        {
            _logger.LogWarning("Audit:MigrationConnectionString is for the command migrate; a serving process should not know it");
        }

        await AuditSchema.RequireAsync(_connectionString, CancellationToken.None);
        await using var rights = _dataSource.CreateCommand("select has_table_privilege('audit.record', 'UPDATE')");
        CanRewrite = await rights.ExecuteScalarAsync() is true;
        return new ChainWriter(_dataSource, _options, _time, _logger);
    }
}
