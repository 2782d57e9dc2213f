using Npgsql;
using NpgsqlTypes;

namespace EContract.Audit.Appending;

/// <summary>
/// Inserts events and what is kept beside them, several with one statement; the arrays keep it one round trip and one prepared plan
/// for any number.
/// </summary>
internal static class EventInsert
{
    private const string Sql = """
        insert into audit.event (id, occurred_at, node, action, caller, on_behalf_of, object_type, object_id, outcome, correlation_id, body, deferred)
        select *, $12 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """;

    private const string PersonalSql = """
        insert into audit.personal (event_id, name, person_id, salt, value) select * from unnest($1, $2, $3, $4, $5)
        """;

    private const string AttachmentSql = """
        insert into audit.attachment (event_id, name, person_id, media_type, content) select * from unnest($1, $2, $3, $4, $5)
        """;

    /// <summary>Commands for a batch; those for side rows only if there are any.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Create(bool withSideRows)
    {
        var events = new NpgsqlBatchCommand(Sql);
        AddArrays(
            events,
            NpgsqlDbType.Uuid,
            NpgsqlDbType.TimestampTz,
            NpgsqlDbType.Text,
            NpgsqlDbType.Text,
            NpgsqlDbType.Text,
            NpgsqlDbType.Text,
            NpgsqlDbType.Text,
            NpgsqlDbType.Text,
            NpgsqlDbType.Smallint,
            NpgsqlDbType.Text,
            NpgsqlDbType.Bytea
        );
        events.Parameters.Add(new NpgsqlParameter<bool> { NpgsqlDbType = NpgsqlDbType.Boolean });
        yield return events;
        if (!withSideRows)
        {
            yield break;
        }

        var personal = new NpgsqlBatchCommand(PersonalSql);
        AddArrays(personal, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Text);
        yield return personal;
        var attachments = new NpgsqlBatchCommand(AttachmentSql);
        AddArrays(attachments, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bytea);
        yield return attachments;
    }

    /// <summary>Binds the commands that <see cref="Create"/> gave, which are the batch's first.</summary>
    public static void Bind(NpgsqlBatch batch, IReadOnlyList<PreparedEvent> events, bool deferred, bool withSideRows)
    {
        var command = batch.BatchCommands[0];
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
        if (withSideRows)
        {
            BindPersonal(batch.BatchCommands[1], events);
            BindAttachments(batch.BatchCommands[2], events);
        }
    }

    private static void BindPersonal(NpgsqlBatchCommand command, IReadOnlyList<PreparedEvent> events)
    {
        var rows = events.SelectMany(owner => owner.Personal, (owner, row) => (Owner: owner, Row: row)).ToList();
        Set(command, 0, rows, pair => pair.Owner.Recorded.Id);
        Set(command, 1, rows, pair => pair.Row.Name);
        Set(command, 2, rows, pair => pair.Owner.PersonId!);
        Set(command, 3, rows, pair => pair.Row.Salt);
        Set(command, 4, rows, pair => pair.Row.Value);
    }

    private static void BindAttachments(NpgsqlBatchCommand command, IReadOnlyList<PreparedEvent> events)
    {
        var rows = events.SelectMany(owner => owner.Attachments, (owner, row) => (Owner: owner, Row: row)).ToList();
        Set(command, 0, rows, pair => pair.Owner.Recorded.Id);
        Set(command, 1, rows, pair => pair.Row.Name);
        Set(command, 2, rows, pair => pair.Row.Personal ? pair.Owner.PersonId : null);
        Set(command, 3, rows, pair => pair.Row.MediaType);
        Set(command, 4, rows, pair => pair.Row.Content.ToArray());
    }

    private static void AddArrays(NpgsqlBatchCommand command, params ReadOnlySpan<NpgsqlDbType> elements)
    {
        foreach (var element in elements)
        {
            var type = NpgsqlDbType.Array | element;
            command.Parameters.Add(
                element switch
                {
                    NpgsqlDbType.Uuid => new NpgsqlParameter<Guid[]> { NpgsqlDbType = type },
                    NpgsqlDbType.TimestampTz => new NpgsqlParameter<DateTime[]> { NpgsqlDbType = type },
                    NpgsqlDbType.Smallint => new NpgsqlParameter<short[]> { NpgsqlDbType = type },
                    NpgsqlDbType.Bytea => new NpgsqlParameter<byte[][]> { NpgsqlDbType = type },
                    _ => new NpgsqlParameter<string?[]> { NpgsqlDbType = type },
                }
            );
        }
    }

    private static void Set<TRow, T>(NpgsqlBatchCommand command, int index, IReadOnlyList<TRow> rows, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        ((NpgsqlParameter<T[]>)command.Parameters[index]).TypedValue = values;
    }
}
