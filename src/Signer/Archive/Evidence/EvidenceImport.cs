using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Ers;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Takes over evidence records that others made. They are renewed with our own from then on.</summary>
public sealed class EvidenceImport(SignerDatabase database, AuditLog audit, EvidenceVerification verification, TimeProvider time)
{
    /// <param name="digest">The document's digest in the algorithm of the record's last chain.</param>
    /// <param name="digestsOf">The document's digests in all algorithms of the record.</param>
    /// <exception cref="ServiceException">EVIDENCE_RECORD_MALFORMED, EVIDENCE_BROKEN, ARCHIVE_DOCUMENT_ALREADY_REGISTERED.</exception>
    public async Task<EvidenceVerdict> ImportAsync(
        CallOrigin call,
        ReadOnlyMemory<byte> encoded,
        EvidenceVerifier.DigestsOf digestsOf,
        CancellationToken cancellationToken
    )
    {
        var record = Decode(encoded);
        var verdict = verification.Verify(record, digestsOf);
        if (!verdict.IsValid)
        {
            var (chain, position) = (verdict.Check.Chain, verdict.Check.Position);
            throw new ServiceException(
                Fault.EvidenceBroken,
                verdict.Check.IsIntact
                    ? $"A time-stamp of the record was not valid when it had to be. {verdict.Detail}"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"The record does not prove this: {verdict.Check.Problem} at chain {chain}, time-stamp {position}."
                    )
            );
        }

        var hash = record.Sequence.Chains[^1].TimeStamps[0].Hash()!.Value;
        var import = new EvidenceImportRow(
            digestsOf(hash)![0].ToArray(),
            call.Caller,
            hash.Name!,
            encoded.ToArray(),
            verdict.RenewBy!.Value
        );
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await db.AddImportAsync(import, time.GetUtcNow(), cancellationToken))
        {
            throw new ServiceException(Fault.ArchiveDocumentAlreadyRegistered, "There is evidence of this digest already.");
        }

        await audit.AppendAsync(
            db,
            EvidenceEvents.Of(
                call,
                "evidence.imported",
                "evidence-record",
                Convert.ToHexStringLower(import.Digest),
                ("record", $"SHA256:{Convert.ToHexStringLower(SHA256.HashData(encoded.Span))}")
            ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return verdict;
    }

    /// <exception cref="ServiceException">EVIDENCE_RECORD_MALFORMED.</exception>
    internal static EvidenceRecord Decode(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return EvidenceRecord.Decode(encoded);
        }
        catch (MalformedException e)
        {
            throw new ServiceException(Fault.EvidenceRecordMalformed, e.Message, cause: e);
        }
    }
}
