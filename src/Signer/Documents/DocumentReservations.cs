using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;

namespace EContract.Signer.Documents;

/// <summary>
/// Of several signings prepared on one version, the first to reserve the document goes on; the others are refused before anything
/// is signed for them.
/// </summary>
internal static class DocumentReservations
{
    /// <summary>In the transaction that reserves the activation. False when a document has moved on or is being signed.</summary>
    public static async Task<bool> TryReserveAsync(
        SignerContext db,
        ActivationId activation,
        IEnumerable<ActivationItem> items,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        foreach (var item in PdfItems(items))
        {
            var document = await db.LockDocumentAsync(item.DocumentId!.Value, cancellationToken);
            var busy = document.ReservedBy is not null && document.ReservedBy != activation.Value && document.ReservedUntil > now;
            if (busy || document.Version != item.BaseVersion)
            {
                return false;
            }

            document.ReservedBy = activation.Value;
            document.ReservedUntil = until;
        }

        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// In the transaction that consumes the activation: appends each update as a new version. False when the lease ran out and another
    /// signing was faster.
    /// </summary>
    public static async Task<bool> TryAppendAsync(
        SignerContext db,
        ActivationRow activation,
        IReadOnlyDictionary<int, (byte[] Update, byte[] Digest)> updates,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        foreach (var item in PdfItems(activation.Items))
        {
            var document = await db.LockDocumentAsync(item.DocumentId!.Value, cancellationToken);
            if (document.Version != item.BaseVersion || document.ReservedBy != activation.Id.Value)
            {
                return false;
            }

            var (update, digest) = updates[item.Ordinal];
            db.DocumentParts.Add(
                new DocumentPart
                {
                    DocumentId = document.Id,
                    Offset = document.Size,
                    Data = update,
                }
            );
            document.Version++;
            document.Size += update.Length;
            document.ReservedBy = null;
            document.ReservedUntil = null;
            db.DocumentVersions.Add(
                new DocumentVersion
                {
                    DocumentId = document.Id,
                    Version = document.Version,
                    Size = document.Size,
                    Digest = digest,
                    SignerId = activation.SubscriberId,
                    Role = item.Role,
                    CreatedAt = now,
                }
            );
            if (item.Party is { } party && !await db.TryMarkSignedAsync(document.Id, party, document.Version, now, cancellationToken))
            {
                return false;
            }

            item.ResultVersion = document.Version;
            item.ResultDigest = digest;
        }

        return true;
    }

    // Always in the same order, so that two signings of the same documents never wait for each other.
    private static IEnumerable<ActivationItem> PdfItems(IEnumerable<ActivationItem> items) =>
        items.Where(i => i.Format == ItemFormat.Pdf).OrderBy(i => i.DocumentId!.Value.Value, StringComparer.Ordinal);
}
