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
        if (await db.FindLeafAsync(caller, registered, cancellationToken) is not { } leaf)
        {
            return await db.FindImportAsync(caller, registered, cancellationToken) is { } import
                ? EvidenceRecord.Decode(import.Record)
                : throw new ServiceException(Fault.ArchiveDocumentNotFound, "This digest is not registered.");
        }

        var assembly = new EvidenceAssembly(db);
        EvidenceRecord? newest = null;
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
