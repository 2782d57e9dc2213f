using System.Globalization;
using EContract.Audit.Records;
using Npgsql;

namespace EContract.Audit.Search;

/// <summary>What to look for; null: anything.</summary>
public sealed record RecordFilter
{
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The whole action, or its beginning followed by <c>*</c>.</summary>
    public string? Action { get; init; }

    public string? Caller { get; init; }

    public string? ObjectType { get; init; }

    public string? ObjectId { get; init; }

    public string? CorrelationId { get; init; }

    public AuditOutcome? Outcome { get; init; }
}

/// <summary>An event with its place in a chain, once it has one.</summary>
public sealed record FoundRecord(RecordedEvent Event, string? Chain, long Sequence);

/// <summary>Searches the log. Ids are UUIDv7, so their order is the order of time.</summary>
public sealed class RecordSearch(NpgsqlDataSource dataSource)
{
    /// <summary>Newest first, from before <paramref name="before"/> (the last id of the former page) on.</summary>
    public async Task<List<FoundRecord>> SearchAsync(RecordFilter filter, int limit, Guid? before, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        var conditions = new List<string>();
        Where("e.id < {0}", before);
        Where("e.id >= {0}", filter.From is { } from ? EventId.FirstOf(from) : null);
        Where("e.id < {0}", filter.Until is { } until ? EventId.FirstOf(until) : null);
        Where("e.caller = {0}", filter.Caller);
        Where("e.object_type = {0}", filter.ObjectType);
        Where("e.object_id = {0}", filter.ObjectId);
        Where("e.correlation_id = {0}", filter.CorrelationId);
        Where("e.outcome = {0}", (short?)filter.Outcome);
        if (filter.Action is { } action)
        {
            Where(action.EndsWith('*') ? "starts_with(e.action, {0})" : "e.action = {0}", action.TrimEnd('*'));
        }

        var where = conditions.Count == 0 ? "" : "where " + string.Join(" and ", conditions);
        command.CommandText = $"""
            select e.body, r.chain, coalesce(r.sequence, 0) from audit.event e left join audit.record r on r.event_id = e.id
            {where} order by e.id desc limit {limit.ToString(CultureInfo.InvariantCulture)}
            """;
        return await ReadAsync(command, cancellationToken);

        void Where(string condition, object? value)
        {
            if (value is not null)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
                conditions.Add(string.Format(CultureInfo.InvariantCulture, condition, "$" + command.Parameters.Count));
            }
        }
    }

    /// <summary>The heads of all chains: where following begins.</summary>
    public async Task<Dictionary<string, long>> ReadHeadsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select chain, max(sequence) from audit.record group by chain");
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            heads.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return heads;
    }

    /// <summary>Records linked since; the heads are moved on.</summary>
    public async Task<List<FoundRecord>> FollowAsync(Dictionary<string, long> heads, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select e.body, r.chain, r.sequence
            from audit.record r join audit.event e on e.id = r.event_id
            left join unnest($1, $2) as known(chain, sequence) on known.chain = r.chain
            where r.sequence > coalesce(known.sequence, 0) order by r.linked_at, r.chain, r.sequence limit 500
            """
        );
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. heads.Keys] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. heads.Values] });
        var found = await ReadAsync(command, cancellationToken);
        foreach (var record in found)
        {
            heads[record.Chain!] = Math.Max(record.Sequence, heads.GetValueOrDefault(record.Chain!));
        }

        return found;
    }

    private static async Task<List<FoundRecord>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var found = new List<FoundRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var chain = await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1);
            found.Add(new FoundRecord(RecordedEvent.Decode(reader.GetFieldValue<byte[]>(0)), chain, reader.GetInt64(2)));
        }

        return found;
    }
}
