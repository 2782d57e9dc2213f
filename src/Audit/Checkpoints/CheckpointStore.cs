using EContract.Audit.Merkle;
using Npgsql;
using NpgsqlTypes;

namespace EContract.Audit.Checkpoints;

/// <summary>A checkpoint as it is stored.</summary>
public sealed record StoredCheckpoint(Checkpoint Checkpoint, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Cms);

/// <summary>Reads and writes the tables of checkpoints and of the tree.</summary>
internal static class CheckpointStore
{
    /// <summary>For each chain the records that no checkpoint covers. The chains are few: one index probe each.</summary>
    private const string UncoveredSql = """
        with recursive chain(name) as (
            (select chain from audit.record order by chain limit 1)
            union all
            select (select r.chain from audit.record r where r.chain > chain.name order by r.chain limit 1) from chain where chain.name is not null)
        select c.name, coalesce(covered.last_sequence, 0) + 1, head.sequence, head.hash
        from chain c
        cross join lateral (select sequence, hash from audit.record r where r.chain = c.name order by sequence desc limit 1) head
        left join lateral (select last_sequence from audit.checkpoint_range g where g.chain = c.name order by last_sequence desc limit 1) covered on true
        where c.name is not null and head.sequence > coalesce(covered.last_sequence, 0)
        order by c.name collate "C"
        """;

    private const string LeavesSql = """
        select r.hash
        from audit.checkpoint_range g join audit.record r on r.chain = g.chain
            and r.sequence between greatest(g.first_sequence, g.first_sequence + $1 - g.first_leaf)
                               and least(g.last_sequence, g.first_sequence + $2 - g.first_leaf)
        where g.first_leaf <= $2 and g.first_leaf >= (select max(first_leaf) from audit.checkpoint_range where first_leaf <= $1)
        order by g.first_leaf, r.sequence
        """;

    public static async Task<StoredCheckpoint?> ReadAsync(NpgsqlConnection connection, long? number, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select body, cms from audit.checkpoint where number = coalesce($1, (select max(number) from audit.checkpoint))",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = number is { } n ? n : DBNull.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var body = reader.GetFieldValue<byte[]>(0);
        return new StoredCheckpoint(Checkpoint.Decode(body), body, reader.GetFieldValue<byte[]>(1));
    }

    /// <summary>In order of their numbers, from the one after <paramref name="after"/> on.</summary>
    public static async Task<List<StoredCheckpoint>> ListAsync(
        NpgsqlConnection connection,
        long after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "select body, cms from audit.checkpoint where number > $1 order by number limit $2",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var checkpoints = new List<StoredCheckpoint>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var body = reader.GetFieldValue<byte[]>(0);
            checkpoints.Add(new StoredCheckpoint(Checkpoint.Decode(body), body, reader.GetFieldValue<byte[]>(1)));
        }

        return checkpoints;
    }

    public static async Task<List<CheckpointRange>> ReadUncoveredAsync(
        NpgsqlConnection connection,
        long treeSize,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(UncoveredSql, connection);
        var ranges = new List<CheckpointRange>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var range = new CheckpointRange(
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                treeSize,
                reader.GetFieldValue<byte[]>(3)
            );
            ranges.Add(range);
            treeSize += range.Last - range.First + 1;
        }

        return ranges;
    }

    /// <summary>Hashes of records of one chain, in order.</summary>
    public static async Task ReadHashesAsync(
        NpgsqlConnection connection,
        CheckpointRange range,
        Action<byte[]> hash,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "select hash from audit.record where chain = $1 and sequence between $2 and $3 order by sequence",
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = range.Chain });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = range.First });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = range.Last });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hash(reader.GetFieldValue<byte[]>(0));
        }
    }

    /// <summary>Hashes of one level that is stored: 0 (leaves) or a multiple of 8.</summary>
    public static async Task<List<byte[]>> ReadLevelAsync(
        NpgsqlConnection connection,
        int level,
        long first,
        long last,
        CancellationToken cancellationToken
    )
    {
        var sql =
            level == 0 ? LeavesSql : "select hash from audit.tree_node where level = $3 and position between $1 and $2 order by position";
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        if (level > 0)
        {
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)level });
        }

        var hashes = new List<byte[]>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hashes.Add(reader.GetFieldValue<byte[]>(0));
        }

        return hashes;
    }

    /// <summary>The right edge of the tree of this size.</summary>
    public static async Task<TreeFrontier> ReadFrontierAsync(NpgsqlConnection connection, long size, CancellationToken cancellationToken)
    {
        var tiles = new List<List<byte[]>>();
        for (var level = 0; size >> level > 0; level += TreeFrontier.TileHeight)
        {
            var count = size >> level;
            var first = count - (count % TreeFrontier.TileWidth);
            tiles.Add(count > first ? await ReadLevelAsync(connection, level, first, count - 1, cancellationToken) : []);
        }

        return new TreeFrontier(size, tiles);
    }

    public static async Task WriteAsync(
        NpgsqlConnection connection,
        Checkpoint checkpoint,
        byte[] body,
        byte[] cms,
        IReadOnlyCollection<CompleteSubtree> nodes,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(
            batch,
            "insert into audit.checkpoint (number, tree_size, made_at, body, cms) values ($1, $2, $3, $4, $5)",
            checkpoint.Number,
            checkpoint.TreeSize,
            checkpoint.MadeAt.UtcDateTime,
            body,
            cms
        );
        foreach (var range in checkpoint.Ranges)
        {
            Add(
                batch,
                "insert into audit.checkpoint_range (checkpoint, chain, first_sequence, last_sequence, first_leaf) values ($1, $2, $3, $4, $5)",
                checkpoint.Number,
                range.Chain,
                range.First,
                range.Last,
                range.FirstLeaf
            );
        }

        if (nodes.Count > 0)
        {
            Add(
                batch,
                "insert into audit.tree_node (level, position, hash) select * from unnest($1, $2, $3)",
                nodes.Select(node => (short)node.Level).ToArray(),
                nodes.Select(node => node.Position).ToArray(),
                nodes.Select(node => node.Hash).ToArray()
            );
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
