using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace EContract.Audit.Appending;

/// <summary>An event that was committed with what it tells and is not in a chain yet.</summary>
internal readonly record struct UnlinkedEvent(Guid Id, byte[] Digest);

/// <summary>
/// Finds committed events that wait for their link. A transaction commits at a moment that the node doesn't see, and not in the order
/// of ids; but all transactions below a snapshot's xmin have ended, so what was looked at below it never has to be looked at again.
/// </summary>
internal sealed class UnlinkedEvents(string node, TimeSpan adoptAfter)
{
    public const int Limit = 1000;

    private const string OwnSql = """
        select s.xmin, e.id, e.digest
        from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin) s left join lateral (
            select id, sha256(body) as digest from audit.event
            where deferred and xid >= $1::text::xid8 and node = $2
              and not exists (select from audit.record r where r.event_id = event.id)
            order by id limit $3) e on true
        """;

    private const string OrphanSql = """
        select s.xmin, e.id, e.digest
        from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin) s left join lateral (
            select id, sha256(body) as digest from audit.event
            where deferred and xid >= $1::text::xid8 and node <> $2 and occurred_at < $4
              and not exists (select from audit.record r where r.event_id = event.id)
            order by id limit $3) e on true
        """;

    private long _ownBelow;
    private long _orphansBelow;
    private long _orphansBelowNext;
    private DateTimeOffset _nextAdoption = DateTimeOffset.MinValue;

    public List<UnlinkedEvent> Find(NpgsqlConnection connection, DateTimeOffset now)
    {
        var (found, xmin) = Query(connection, OwnSql, _ownBelow, null);
        if (found.Count < Limit)
        {
            _ownBelow = xmin;
        }

        if (now >= _nextAdoption && found.Count < Limit)
        {
            found.AddRange(FindOrphans(connection, now));
        }

        return found;
    }

    /// <summary>
    /// Events that another node left behind. (Should two nodes adopt the same one, the second is refused by its unique index.)
    /// What ended before the last but one look was old enough at the last one: it isn't looked at again.
    /// </summary>
    private List<UnlinkedEvent> FindOrphans(NpgsqlConnection connection, DateTimeOffset now)
    {
        var (orphans, xmin) = Query(connection, OrphanSql, _orphansBelow, now - adoptAfter);
        if (orphans.Count < Limit)
        {
            (_orphansBelow, _orphansBelowNext) = (_orphansBelowNext, xmin);
            _nextAdoption = now + adoptAfter;
        }

        return orphans;
    }

    private (List<UnlinkedEvent> Found, long Xmin) Query(NpgsqlConnection connection, string sql, long below, DateTimeOffset? before)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = below.ToString(CultureInfo.InvariantCulture) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = node });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Limit });
        if (before is { } time)
        {
            command.Parameters.Add(
                new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = time.UtcDateTime }
            );
        }

        var found = new List<UnlinkedEvent>();
        long xmin = 0;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            xmin = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                found.Add(new UnlinkedEvent(reader.GetGuid(1), reader.GetFieldValue<byte[]>(2)));
            }
        }

        return (found, xmin);
    }
}
