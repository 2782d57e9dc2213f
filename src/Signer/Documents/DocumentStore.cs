using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Signer.Identities;
using EContract.Signer.Parties;
using EContract.Signer.Store;

namespace EContract.Signer.Documents;

/// <summary>
/// Documents on their way through the Signer: bytes in PostgreSQL, where every node finds them, and a working copy on this node's
/// disk. Whatever their size, memory holds a few parts of them.
/// </summary>
public sealed class DocumentStore(SignerDatabase database, Spool spool, AuditLog audit, SignerOptions settings, TimeProvider time)
{
    private const int PartSize = 1024 * 1024;

    private readonly DocumentOptions _options = settings.Documents;

    /// <summary>Takes a document over while it arrives.</summary>
    /// <param name="declaredSize">In bytes; 0 when it is not known.</param>
    /// <param name="parties">Who signs, in order; empty: whoever the caller brings.</param>
    /// <param name="inspect">Looks at the whole document before it is stored.</param>
    /// <exception cref="ServiceException">DOCUMENT_TOO_LARGE, DOCUMENT_INCOMPLETE, INVALID_ARGUMENT for the parties, or what <paramref name="inspect"/> throws.</exception>
    public async Task<StoredDocument> AddAsync(
        CallOrigin call,
        string name,
        long declaredSize,
        IReadOnlyList<DeclaredParty> parties,
        IAsyncEnumerable<ReadOnlyMemory<byte>> content,
        Action<Stream> inspect,
        CancellationToken cancellationToken
    )
    {
        PartyRules.Require(parties, settings.Parties);
        if (declaredSize > _options.MaxSize)
        {
            throw TooLarge();
        }

        var id = Identity.New<DocumentId>();
        try
        {
            StoredDocument stored;
            await using (var upload = spool.CreateUpload(id))
            {
                var digest = await ReceiveAsync(upload, declaredSize, content, cancellationToken);
                upload.Position = 0;
                inspect(upload);
                stored = new StoredDocument(id, name, 1, upload.Length, digest);
                await StoreAsync(call, stored, parties, upload, cancellationToken);
            }

            spool.Keep(id);
            return stored;
        }
        catch
        {
            spool.Discard(id);
            throw;
        }
    }

    /// <summary>A version of a document that this caller uploaded.</summary>
    /// <param name="version">Null: the newest.</param>
    /// <exception cref="ServiceException">DOCUMENT_NOT_FOUND, also for another caller's.</exception>
    public async Task<StoredDocument> FindAsync(string caller, DocumentId id, int? version, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var document = await db.FindDocumentAsync(caller, id, cancellationToken);
        var found = document is null ? null : await db.FindVersionAsync(id, version ?? document.Version, cancellationToken);
        return found is null
            ? throw new ServiceException(Fault.DocumentNotFound, "There is no such document or version.")
            : new StoredDocument(id, document!.Name, found.Version, found.Size, found.Digest);
    }

    /// <summary>The working copy, opened for reading: its first <see cref="StoredDocument.Size"/> bytes are the version.</summary>
    /// <exception cref="ServiceException">STORAGE_UNAVAILABLE.</exception>
    public async Task<FileStream> OpenAsync(StoredDocument document, CancellationToken cancellationToken)
    {
        try
        {
            return await spool.OpenAsync(
                document.Id,
                document.Size,
                (offset, token) => FetchAsync(document.Id, offset, document.Size, token),
                async (copy, token) => (await DigestAsync(copy, document.Size, default, token)).AsSpan().SequenceEqual(document.Digest),
                cancellationToken
            );
        }
        catch (IOException e)
        {
            throw new ServiceException(Fault.StorageUnavailable, "The working copy of the document can't be made or read.", cause: e);
        }
    }

    /// <summary>SHA-256 of a version with an update behind it.</summary>
    public async Task<byte[]> DigestWithAsync(StoredDocument document, ReadOnlyMemory<byte> update, CancellationToken cancellationToken)
    {
        await using var copy = await OpenAsync(document, cancellationToken);
        return await DigestAsync(copy, document.Size, update, cancellationToken);
    }

    /// <summary>The version's bytes in order.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        StoredDocument document,
        int chunkSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var copy = await OpenAsync(document, cancellationToken);
        for (var left = document.Size; left > 0; )
        {
            // Not pooled: the receiver may keep it until it has been sent.
            var chunk = new byte[Math.Min(left, chunkSize)];
            await copy.ReadExactlyAsync(chunk, cancellationToken);
            left -= chunk.Length;
            yield return chunk;
        }
    }

    private async Task<byte[]> ReceiveAsync(
        FileStream upload,
        long declaredSize,
        IAsyncEnumerable<ReadOnlyMemory<byte>> content,
        CancellationToken cancellationToken
    )
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var part in content.WithCancellation(cancellationToken))
        {
            if (upload.Length + part.Length > _options.MaxSize)
            {
                throw TooLarge();
            }

            sha.AppendData(part.Span);
            await upload.WriteAsync(part, cancellationToken);
        }

        await upload.FlushAsync(cancellationToken);
        if (upload.Length == 0 || (declaredSize != 0 && upload.Length != declaredSize))
        {
            throw new ServiceException(
                Fault.DocumentIncomplete,
                "The stream ended before the document was complete.",
                ("received", upload.Length.ToString(CultureInfo.InvariantCulture))
            );
        }

        return sha.GetHashAndReset();
    }

    private async Task StoreAsync(
        CallOrigin call,
        StoredDocument stored,
        IReadOnlyList<DeclaredParty> parties,
        FileStream upload,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Documents.Add(
            new Document
            {
                Id = stored.Id,
                Caller = call.Caller,
                Name = stored.Name,
                Version = stored.Version,
                Size = stored.Size,
                CreatedAt = now,
            }
        );
        db.DocumentVersions.Add(
            new DocumentVersion
            {
                DocumentId = stored.Id,
                Version = stored.Version,
                Size = stored.Size,
                Digest = stored.Digest,
                CreatedAt = now,
            }
        );
        db.DocumentParties.AddRange(parties.Select((party, i) => DocumentParty.Of(stored.Id, i, party)));
        await db.SaveChangesAsync(cancellationToken);
        upload.Position = 0;
        await db.CopyInAsync(stored.Id, upload, PartSize, cancellationToken);
        if (parties.Count > 0)
        {
            await audit.AppendAsync(db, PartyEvents.Declared(call, stored, parties), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async IAsyncEnumerable<byte[]> FetchAsync(
        DocumentId id,
        long offset,
        long size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        while (offset < size)
        {
            // The part that holds the offset: copies are cut at sizes of versions, which are ends of parts, or anywhere by a crash.
            var part = await db.FindPartAsync(id, offset, cancellationToken) ?? throw new IOException($"{id} lacks the part at {offset}.");
            var skip = (int)(offset - part.Offset);
            if (skip >= part.Data.Length)
            {
                throw new IOException($"{id} lacks the part at {offset}.");
            }

            yield return skip == 0 ? part.Data : part.Data[skip..];
            offset = part.Offset + part.Data.Length;
        }
    }

    private static async Task<byte[]> DigestAsync(Stream copy, long size, ReadOnlyMemory<byte> update, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            for (var left = size; left > 0; )
            {
                var run = buffer.AsMemory(0, (int)Math.Min(left, PartSize));
                await copy.ReadExactlyAsync(run, cancellationToken);
                sha.AppendData(run.Span);
                left -= run.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        sha.AppendData(update.Span);
        return sha.GetHashAndReset();
    }

    private ServiceException TooLarge() =>
        new(
            Fault.DocumentTooLarge,
            "The document is larger than this server takes.",
            ("limit", _options.MaxSize.ToString(CultureInfo.InvariantCulture))
        );
}
