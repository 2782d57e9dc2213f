using Npgsql;
using NpgsqlTypes;

namespace EContract.Audit.Appending;

/// <summary>Inserts events, several with one statement; the arrays keep it one round trip and one prepared plan for any number.</summary>
internal static class EventInsert
{
    private const string Sql = """
        insert into audit.event (id, occurred_at, node, action, caller, on_behalf_of, object_type, object_id, outcome, correlation_id, body, deferred)
        select *, $12 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """;

    private const string PersonalSql = """
        insert into audit.personal (event_id, name, person_id, salt, value) values ($1, $2, $3, $4, $5)
        """;

    private const string AttachmentSql = """
        insert into audit.attachment (event_id, name, person_id, media_type, content) values ($1, $2, $3, $4, $5)
        """;

    public static NpgsqlBatchCommand Create()
    {
        var command = new NpgsqlBatchCommand(Sql);
        Add<Guid[]>(command, NpgsqlDbType.Uuid);
        Add<DateTime[]>(command, NpgsqlDbType.TimestampTz);
        for (var text = 0; text < 6; text++)
        {
            Add<string?[]>(command, NpgsqlDbType.Text);
        }

        Add<short[]>(command, NpgsqlDbType.Smallint);
        Add<string[]>(command, NpgsqlDbType.Text);
        Add<byte[][]>(command, NpgsqlDbType.Bytea);
        command.Parameters.Add(new NpgsqlParameter<bool> { NpgsqlDbType = NpgsqlDbType.Boolean });
        return command;
    }

    public static void Bind(NpgsqlBatchCommand command, IReadOnlyList<PreparedEvent> events, bool deferred)
    {
        Set(command, 0, events, e => e.Recorded.Id);
        Set(command, 1, events, e => e.Recorded.Time.UtcDateTime);
        Set(command, 2, events, e => e.Recorded.Node);
        Set(command, 3, events, e => e.Recorded.Action);
        Set(command, 4, events, e => e.Recorded.Caller);
        Set(command, 5, events, e => e.Recorded.OnBehalfOf);
        Set(command, 6, events, e => e.Recorded.ObjectType);
        Set(command, 7, events, e => e.Recorded.ObjectId);
        Set(command, 8, events, e => (short)e.Recorded.Outcome);
        Set(command, 9, events, e => e.Recorded.CorrelationId);
        Set(command, 10, events, e => e.Body);
        ((NpgsqlParameter<bool>)command.Parameters[11]).TypedValue = deferred;
    }

    /// <summary>Personal data and attachments of the events, for a batch in the same transaction.</summary>
    public static IEnumerable<NpgsqlBatchCommand> SideRows(IEnumerable<PreparedEvent> events)
    {
        foreach (var prepared in events)
        {
            foreach (var row in prepared.Personal)
            {
                yield return Command(PersonalSql, prepared.Recorded.Id, row.Name, prepared.PersonId!, row.Salt, row.Value);
            }

            foreach (var attachment in prepared.Attachments)
            {
                object person = attachment.Personal ? prepared.PersonId! : DBNull.Value;
                yield return Command(
                    AttachmentSql,
                    prepared.Recorded.Id,
                    attachment.Name,
                    person,
                    attachment.MediaType,
                    attachment.Content.ToArray()
                );
            }
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static void Add<T>(NpgsqlBatchCommand command, NpgsqlDbType element) =>
        command.Parameters.Add(new NpgsqlParameter<T> { NpgsqlDbType = NpgsqlDbType.Array | element });

    private static void Set<T>(NpgsqlBatchCommand command, int index, IReadOnlyList<PreparedEvent> events, Func<PreparedEvent, T> value)
    {
        var values = new T[events.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(events[i]);
        }

        ((NpgsqlParameter<T[]>)command.Parameters[index]).TypedValue = values;
    }
}
