using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Signer.Documents;
using EContract.Signer.Signing;
using EContract.Validation.Collection;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>
/// Raises a PDF's signatures to a level by appending: validation data into the document security store, then a document time-stamp
/// over everything (ETSI EN 319 142-1 §5.4, §5.5). Earlier bytes stay as they are. Whether the signatures are worth it is judged elsewhere.
/// </summary>
public sealed class PdfAugmentation(DataGathering gathering, ITimestampAuthority timestamps, ArchiveOptions options, TimeProvider time)
{
    /// <param name="document">Seekable, the whole document; not held in memory.</param>
    public async Task<Augmented> AugmentAsync(Stream document, AugmentationOrder order, CancellationToken cancellationToken)
    {
        if (order.Level >= ItemLevel.LongTerm)
        {
            gathering.RequireAvailable();
        }

        var grown = new AppendedStream(document);
        var read = PdfSignatures.Read(grown);
        var selected = read.Select(order.Signatures);
        var stamps = 0;
        // ETSI EN 319 142-1 §6.3: a document time-stamp is as good as a signature time-stamp, and can still be added.
        if (order.Level >= ItemLevel.Timestamped && selected.Any(s => !s.HasSignatureTimeStamp && read.ProvenAt(s) is null))
        {
            await StampAsync(grown, null, cancellationToken);
            stamps++;
            read = PdfSignatures.Read(grown);
            selected = read.Select(order.Signatures);
        }

        if (order.Level < ItemLevel.LongTerm)
        {
            return new Augmented(grown.Appended, [], stamps);
        }

        if (order is { Level: ItemLevel.LongTermArchive, Renew: false } && await IsArchivedAsync(read, selected, cancellationToken))
        {
            return new Augmented(grown.Appended, [], stamps);
        }

        var data = await GatherAsync(read, selected, read.All, cancellationToken);
        if (!order.PreserveEvidence)
        {
            gathering.RequireComplete(data);
        }

        var content = Content(read, selected, data);
        if (order.Level == ItemLevel.LongTermArchive)
        {
            await StampAsync(grown, content, cancellationToken);
            stamps++;
        }
        else if (AddsTo(read.Store, content))
        {
            grown.Append(PdfFaults.Translate(() => SecurityStore.Update(grown, content)));
        }

        return new Augmented(grown.Appended, data.Missing, stamps);
    }

    /// <summary>Whether a document time-stamp over the whole file protects all that the signatures and the time-stamps before it need.</summary>
    private async Task<bool> IsArchivedAsync(PdfSignatures read, IReadOnlyList<PdfSignature> selected, CancellationToken cancellationToken)
    {
        if (read.All is not [.., { Token: not null, Embedded.Coverage: SignatureCoverage.File }])
        {
            return false;
        }

        var data = await GatherAsync(read, selected, read.All.SkipLast(1), cancellationToken);
        return data.IsComplete && !AddsTo(read.Store, Content(read, [], data));
    }

    /// <param name="protecting">Signatures whose document time-stamps count: each protects what lies before it, so all their chains are needed.</param>
    private Task<ValidationData> GatherAsync(
        PdfSignatures read,
        IReadOnlyList<PdfSignature> selected,
        IEnumerable<PdfSignature> protecting,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var signers = selected.SelectMany(s =>
            s.SignedData.SignerInfos.SelectMany(info => SignatureTargets.Of(info, read.ProvenAt(s), now, read.Carried))
        );
        var stamps = protecting
            .Where(s => s.Token is not null)
            .Select(s => SignatureTargets.Of(s.Token!, read.ProvenAt(s) ?? now, read.Carried));
        return gathering.GatherAsync([.. signers, .. stamps], read.Carried, cancellationToken);
    }

    private SecurityStoreContent Content(PdfSignatures read, IReadOnlyList<PdfSignature> selected, ValidationData data)
    {
        var content = new SecurityStoreContent
        {
            Certificates = [.. data.Certificates.Select(c => c.Encoded)],
            OcspResponses = [.. data.OcspResponses.Select(o => o.Encoded)],
            RevocationLists = [.. data.Crls.Select(c => c.Encoded)],
        };
        if (!options.WriteVri || !AddsTo(read.Store, content))
        {
            return content;
        }

        var gathered = time.GetUtcNow();
        return content with
        {
            PerSignature =
            [
                .. selected.Select(s => new SignatureValidationData
                {
                    Contents = s.Embedded.Contents,
                    Certificates = content.Certificates,
                    OcspResponses = content.OcspResponses,
                    RevocationLists = content.RevocationLists,
                    Time = gathered,
                }),
            ],
        };
    }

    private static bool AddsTo(SecurityStoreContent store, SecurityStoreContent content) =>
        Any(store.Certificates, content.Certificates)
        || Any(store.OcspResponses, content.OcspResponses)
        || Any(store.RevocationLists, content.RevocationLists);

    private static bool Any(IReadOnlyList<ReadOnlyMemory<byte>> store, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        var known = store.Select(Digest).ToHashSet(StringComparer.Ordinal);
        return values.Any(value => !known.Contains(Digest(value)));
    }

    private static string Digest(ReadOnlyMemory<byte> value) => Convert.ToHexString(SHA256.HashData(value.Span));

    private async Task StampAsync(AppendedStream document, SecurityStoreContent? content, CancellationToken cancellationToken)
    {
        var hash = new HashAlgorithmName(options.DigestAlgorithm);
        var request = new SignatureRequest
        {
            Format = SignatureFormat.DocumentTimeStamp,
            ContentsSize = await timestamps.TokenSizeAsync(cancellationToken),
            DigestAlgorithm = hash,
            SecurityStore = content,
        };
        document.Position = 0;
        var prepared = PdfFaults.Translate(() => PdfSigning.Prepare(document, request, cancellationToken));
        var token = await timestamps.StampAsync(hash, prepared.Digest, cancellationToken);
        document.Append(PdfFaults.Translate(() => prepared.Fill(token)));
    }
}
