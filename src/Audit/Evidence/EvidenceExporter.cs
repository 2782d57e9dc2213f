using System.Globalization;
using EContract.Audit.Checkpoints;
using EContract.Audit.Merkle;
using EContract.Audit.Records;
using EContract.Audit.Search;
using EContract.Hosting.Errors;
using Npgsql;

namespace EContract.Audit.Evidence;

/// <summary>Collects all evidence of one object: every record about it, and every record of the calls that touched it.</summary>
public sealed class EvidenceExporter(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>The object's own records, and those that share a call with them (OTP delivery, PIN check, time-stamp …).</summary>
    private const string RelatedSql = """
        select distinct e.id from audit.event e
        where (e.object_type = $1 and e.object_id = $2)
           or e.correlation_id in (select o.correlation_id from audit.event o where o.object_type = $1 and o.object_id = $2)
        order by e.id
        """;

    /// <exception cref="ServiceException">AUDIT_RECORD_NOT_FOUND; AUDIT_NOT_CHECKPOINTED: a record is not covered by a checkpoint yet.</exception>
    public async Task<EvidenceBundle> ExportAsync(
        string objectType,
        string objectId,
        bool withPersonalData,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var checkpoint =
            await CheckpointStore.ReadAsync(connection, number: null, cancellationToken)
            ?? throw new ServiceException(Fault.AuditNotCheckpointed, "There is no checkpoint yet.");
        var ids = await ReadIdsAsync(connection, objectType, objectId, cancellationToken);
        if (ids.Count == 0)
        {
            throw new ServiceException(Fault.AuditRecordNotFound, "There are no records of this object.");
        }

        var tree = new DatabaseTree(connection, checkpoint.Checkpoint.TreeSize);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["checkpoint.p7m"] = checkpoint.Cms.ToArray() };
        var records = new List<EvidenceRecord>();
        foreach (var id in ids)
        {
            var proven = await RecordReader.ProveAsync(connection, tree, checkpoint.Checkpoint, id, cancellationToken);
            records.Add(await AddAsync(connection, files, records.Count + 1, id, proven, withPersonalData, cancellationToken));
        }

        var manifest = new EvidenceManifest
        {
            Format = EvidenceManifest.FormatName,
            ObjectType = objectType,
            ObjectId = objectId,
            ExportedAt = Canonical.Microseconds(time.GetUtcNow()),
            Checkpoint = "checkpoint.p7m",
            Records = records,
        };
        return new EvidenceBundle(manifest, files);
    }

    private static async Task<EvidenceRecord> AddAsync(
        NpgsqlConnection connection,
        Dictionary<string, byte[]> files,
        int number,
        Guid id,
        ProvenRecord proven,
        bool withPersonalData,
        CancellationToken cancellationToken
    )
    {
        var prefix = $"records/{number.ToString("0000", CultureInfo.InvariantCulture)}";
        files[$"{prefix}.event.der"] = proven.Event;
        files[$"{prefix}.record.der"] = proven.Record;
        var attachments = new List<EvidenceAttachment>();
        var personal = new List<EvidencePersonal>();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Of("select name, media_type, content from audit.attachment where event_id = $1 order by name", id));
        batch.BatchCommands.Add(Of("select name, salt, value from audit.personal where event_id = $1 order by name", id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var file = $"{prefix}.{reader.GetString(0)}{ExtensionOf(reader.GetString(1))}";
            attachments.Add(new EvidenceAttachment(reader.GetString(0), reader.GetString(1), file));
            files[file] = reader.GetFieldValue<byte[]>(2);
        }

        await reader.NextResultAsync(cancellationToken);
        while (withPersonalData && await reader.ReadAsync(cancellationToken))
        {
            personal.Add(new EvidencePersonal(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetString(2)));
        }

        return new EvidenceRecord
        {
            Event = $"{prefix}.event.der",
            Record = $"{prefix}.record.der",
            LeafIndex = proven.LeafIndex,
            InclusionProof = proven.Proof,
            Attachments = attachments,
            Personal = personal,
        };
    }

    private static async Task<List<Guid>> ReadIdsAsync(
        NpgsqlConnection connection,
        string objectType,
        string objectId,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(RelatedSql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = objectType });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = objectId });
        var ids = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static NpgsqlBatchCommand Of(string sql, Guid id)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return command;
    }

    private static string ExtensionOf(string mediaType) =>
        mediaType switch
        {
            "application/pkix-cert" => ".cer",
            "application/pkcs7-signature" or "application/cms" => ".p7s",
            "application/timestamp-reply" or "application/timestamp-token" => ".tst",
            "application/pdf" => ".pdf",
            "application/json" => ".json",
            "text/plain" => ".txt",
            _ => ".bin",
        };
}
