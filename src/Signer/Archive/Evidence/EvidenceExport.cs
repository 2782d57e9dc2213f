using System.Globalization;
using EContract.Hosting.Errors;
using EContract.Pki.Ers;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Gives out evidence records.</summary>
public sealed class EvidenceExport(SignerDatabase database)
{
    /// <summary>The newest record of a digest that this caller registered or imported, renewed in a stronger algorithm or not.</summary>
    /// <exception cref="ServiceException">ARCHIVE_DOCUMENT_NOT_FOUND, or EVIDENCE_RECORD_NOT_FOUND while its batch waits.</exception>
    public async Task<EvidenceRecord> ExportAsync(string caller, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var registered = digest.ToArray();
        EvidenceRecord? newest = null;
        if (await db.FindLeafAsync(caller, registered, cancellationToken) is not { } leaf)
        {
            var import =
                await db.FindImportAsync(caller, registered, cancellationToken)
                ?? throw new ServiceException(Fault.ArchiveDocumentNotFound, "This digest is not registered.");
            newest = EvidenceRecord.Decode(import.Record);
            if (await db.FindRenewalAsync(import, cancellationToken) is not { } renewal)
            {
                return newest;
            }

            leaf = renewal;
        }

        var assembly = new EvidenceAssembly(db);
        for (EvidenceLeafRow? next = leaf; next is not null; next = await db.FindRenewalAsync(next, cancellationToken))
        {
            // A renewal whose batch waits adds nothing yet.
            newest = await assembly.BuildAsync(next, int.MaxValue, cancellationToken) ?? newest;
        }

        return newest
            ?? throw new ServiceException(
                Fault.EvidenceRecordNotFound,
                "The digest's batch has no time-stamp yet.",
                ("batch", leaf.BatchId.ToString(CultureInfo.InvariantCulture))
            );
    }
}
