using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Pki.X509;
using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Identities;
using EContract.Signer.Store;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Register;

/// <summary>The documents that are to be renewed, each with the day by which.</summary>
public sealed class ArchiveRegister(SignerDatabase database, AuditLog audit, TimeProvider time)
{
    /// <summary>Enters a document.</summary>
    /// <exception cref="ServiceException">ARCHIVE_DOCUMENT_ALREADY_REGISTERED.</exception>
    internal async Task<ArchiveDocument> AddAsync(
        CallOrigin call,
        string name,
        string? location,
        byte[] digest,
        long size,
        Protection protection,
        CollectedSource carried,
        IReadOnlyDictionary<string, byte[]> contentDigests,
        CancellationToken cancellationToken
    )
    {
        var row = new ArchiveDocument
        {
            Id = Identity.New<ArchiveDocumentId>(),
            Caller = call.Caller,
            Name = name,
            Location = location,
            Digest = digest,
            Size = size,
            Deadline = protection.Deadline.Time,
            DeadlineReason = protection.Deadline.Reason,
            DeadlineSubject = protection.Deadline.Subject,
            Protectors = Fingerprints(protection),
            ContentDigests = [.. contentDigests.Select(d => $"{d.Key}:{Convert.ToHexString(d.Value)}")],
            Renewals = 0,
            RegisteredAt = time.GetUtcNow(),
        };
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await AddProtectorsAsync(db, protection, carried, cancellationToken);
        db.ArchiveDocuments.Add(row);
        if (!await db.TrySaveNewAsync(cancellationToken))
        {
            throw new ServiceException(Fault.ArchiveDocumentAlreadyRegistered, "The document is registered.");
        }

        await audit.AppendAsync(
            db,
            ArchiveEvents.Of(
                call,
                "archive.registered",
                row.Id.Value,
                ("digest", Convert.ToHexStringLower(digest)),
                ("deadline", $"{row.Deadline:O}")
            ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    /// <exception cref="ServiceException">ARCHIVE_DOCUMENT_NOT_FOUND, also for another caller's.</exception>
    public async Task<ArchiveDocument> GetAsync(CallOrigin call, ArchiveDocumentId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.FindArchiveDocumentAsync(call.Caller, id, cancellationToken) ?? throw NotFound();
    }

    /// <inheritdoc cref="GetAsync(CallOrigin, ArchiveDocumentId, CancellationToken)"/>
    public async Task<ArchiveDocument> GetAsync(CallOrigin call, byte[] digest, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.FindArchiveDocumentAsync(call.Caller, digest, cancellationToken) ?? throw NotFound();
    }

    public async Task<List<ArchiveDocument>> ListAsync(
        CallOrigin call,
        DateTimeOffset? deadlineBefore,
        (DateTimeOffset Deadline, string Id)? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.ListArchiveDocumentsAsync(call.Caller, deadlineBefore, after, count, cancellationToken);
    }

    public async Task RemoveAsync(CallOrigin call, ArchiveDocumentId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.LockArchiveDocumentAsync(id, cancellationToken);
        if (row is null || row.Caller != call.Caller)
        {
            throw NotFound();
        }

        db.ArchiveDocuments.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(
            db,
            ArchiveEvents.Of(call, "archive.deregistered", id.Value, ("digest", Convert.ToHexStringLower(row.Digest))),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Takes a document for a renewal. Another claim that has run out belongs to a node that died.</summary>
    /// <exception cref="ServiceException">REQUEST_IN_PROGRESS, ARCHIVE_DOCUMENT_NOT_FOUND.</exception>
    internal async Task<ArchiveDocument> ClaimAsync(
        CallOrigin call,
        ArchiveDocumentId id,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.LockArchiveDocumentAsync(id, cancellationToken);
        if (row is null || row.Caller != call.Caller)
        {
            throw NotFound();
        }

        if (row.Claim is not null && row.ClaimedUntil > now)
        {
            throw new ServiceException(Fault.RequestInProgress, "The document is being renewed by another call.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        }

        row.Claim = Guid.NewGuid();
        row.ClaimedUntil = now + lease;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    /// <summary>Before the renewed document is put in its place: what it will be.</summary>
    internal async Task AnnounceAsync(ArchiveDocument claimed, byte[] digest, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        (await HeldAsync(db, claimed, cancellationToken)).PendingDigest = digest;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The renewed document is in its place.</summary>
    internal async Task<ArchiveDocument> RecordAsync(
        CallOrigin call,
        ArchiveDocument claimed,
        byte[] digest,
        long size,
        Protection protection,
        CollectedSource carried,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await HeldAsync(db, claimed, cancellationToken);
        await AddProtectorsAsync(db, protection, carried, cancellationToken);
        var before = row.Digest;
        row.PreviousDigest = before;
        row.Digest = digest;
        row.Size = size;
        row.Deadline = protection.Deadline.Time;
        row.DeadlineReason = protection.Deadline.Reason;
        row.DeadlineSubject = protection.Deadline.Subject;
        row.Protectors = Fingerprints(protection);
        row.Renewals++;
        row.RenewedAt = time.GetUtcNow();
        row.PendingDigest = null;
        row.Claim = null;
        row.ClaimedUntil = null;
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(
            db,
            ArchiveEvents.Of(
                call,
                "archive.renewed",
                row.Id.Value,
                ("digest_before", Convert.ToHexStringLower(before)),
                ("digest", Convert.ToHexStringLower(digest)),
                ("deadline", $"{row.Deadline:O}")
            ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    /// <summary>Gives a claim back without a result.</summary>
    internal async Task ReleaseAsync(ArchiveDocument claimed)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.ReleaseArchiveDocumentAsync(claimed.Id, claimed.Claim, CancellationToken.None);
    }

    public async Task<(List<ArchiveForecastRow> Rows, long Overdue)> ForecastAsync(
        CallOrigin call,
        TimeSpan margin,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var overdue = await db.CountOverdueAsync(call.Caller, time.GetUtcNow() + margin, cancellationToken);
        return (await db.ForecastAsync(call.Caller, margin, cancellationToken), overdue);
    }

    private static async Task<ArchiveDocument> HeldAsync(SignerContext db, ArchiveDocument claimed, CancellationToken cancellationToken)
    {
        var row = await db.LockArchiveDocumentAsync(claimed.Id, cancellationToken);
        return row is not null && row.Claim == claimed.Claim
            ? row
            : throw new ServiceException(Fault.ConcurrentChange, "The renewal took too long and another one took it over.");
    }

    private static byte[][] Fingerprints(Protection protection) => [.. protection.Protectors.Select(c => SHA256.HashData(c.Encoded.Span))];

    private static async Task AddProtectorsAsync(
        SignerContext db,
        Protection protection,
        CollectedSource carried,
        CancellationToken cancellationToken
    )
    {
        // Always in the same order, so that two registrations never wait for each other.
        foreach (
            var certificate in protection.Protectors.OrderBy(
                c => Convert.ToHexString(SHA256.HashData(c.Encoded.Span)),
                StringComparer.Ordinal
            )
        )
        {
            await db.AddProtectorAsync(
                SHA256.HashData(certificate.Encoded.Span),
                certificate.Encoded.ToArray(),
                [.. IssuersOf(certificate, carried).Select(c => c.Encoded.ToArray())],
                cancellationToken
            );
        }
    }

    private static IEnumerable<Certificate> IssuersOf(Certificate certificate, CollectedSource carried)
    {
        var seen = new HashSet<Certificate> { certificate };
        for (var link = certificate; ; )
        {
            var below = link;
            link = carried.Pool.FindBySubject(below.Tbs.Issuer).FirstOrDefault(i => below.IsSignedBy(i.Tbs.SubjectPublicKeyInfo));
            if (link is null || !seen.Add(link))
            {
                yield break;
            }

            yield return link;
        }
    }

    private static ServiceException NotFound() => new(Fault.ArchiveDocumentNotFound, "The register has no such document.");
}
