using EContract.Signer.Identities;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EContract.Signer.Store;

/// <summary>Documents, their versions and bytes.</summary>
public static class DocumentQueries
{
    private const string CopyIn = "copy signer.document_part (document_id, \"offset\", data) from stdin (format binary)";

    public static Task<Document?> FindDocumentAsync(
        this SignerContext db,
        string caller,
        DocumentId id,
        CancellationToken cancellationToken
    ) => db.Documents.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id && d.Caller == caller, cancellationToken);

    public static Task<DocumentVersion?> FindVersionAsync(
        this SignerContext db,
        DocumentId id,
        int version,
        CancellationToken cancellationToken
    ) => db.DocumentVersions.AsNoTracking().SingleOrDefaultAsync(v => v.DocumentId == id && v.Version == version, cancellationToken);

    /// <summary>In the order of signing; none if none were declared.</summary>
    public static Task<List<DocumentParty>> ListPartiesAsync(this SignerContext db, DocumentId id, CancellationToken cancellationToken) =>
        db.DocumentParties.AsNoTracking().Where(p => p.DocumentId == id).OrderBy(p => p.Ordinal).ToListAsync(cancellationToken);

    /// <summary>False when the party has signed before.</summary>
    public static async Task<bool> TryMarkSignedAsync(
        this SignerContext db,
        DocumentId id,
        int party,
        int version,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await db
            .DocumentParties.Where(p => p.DocumentId == id && p.Ordinal == party && p.SignedVersion == null)
            .ExecuteUpdateAsync(
                row => row.SetProperty(p => p.SignedVersion, (int?)version).SetProperty(p => p.SignedAt, (DateTimeOffset?)now),
                cancellationToken
            ) == 1;

    public static Task<bool> HasSignedAsync(
        this SignerContext db,
        DocumentId id,
        SubscriberId signer,
        string role,
        CancellationToken cancellationToken
    ) => db.DocumentVersions.AnyAsync(v => v.DocumentId == id && v.SignerId == signer && v.Role == role, cancellationToken);

    /// <summary>The last part that begins at or before the offset; null when there is none.</summary>
    public static Task<DocumentPart?> FindPartAsync(
        this SignerContext db,
        DocumentId id,
        long offset,
        CancellationToken cancellationToken
    ) =>
        db
            .DocumentParts.AsNoTracking()
            .Where(p => p.DocumentId == id && p.Offset <= offset)
            .OrderByDescending(p => p.Offset)
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Streams a document's bytes into its parts, one part in memory at a time.</summary>
    public static async Task CopyInAsync(
        this SignerContext db,
        DocumentId id,
        Stream content,
        int partSize,
        CancellationToken cancellationToken
    )
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var buffer = new byte[partSize];
        await using var import = await connection.BeginBinaryImportAsync(CopyIn, cancellationToken);
        long offset = 0;
        for (
            int read;
            (read = await content.ReadAtLeastAsync(buffer, partSize, throwOnEndOfStream: false, cancellationToken)) > 0;
            offset += read
        )
        {
            await import.StartRowAsync(cancellationToken);
            await import.WriteAsync(id.Value, NpgsqlDbType.Text, cancellationToken);
            await import.WriteAsync(offset, NpgsqlDbType.Bigint, cancellationToken);
            await import.WriteAsync(buffer.AsMemory(0, read), NpgsqlDbType.Bytea, cancellationToken);
        }

        await import.CompleteAsync(cancellationToken);
    }
}
