using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki.Cms;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Deadlines;
using EContract.Validation.Collection;
using EContract.Validation.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Signer.Archive;

/// <summary>Judges a document, raises it to a level or renews it, and tells until when it is protected then.</summary>
public sealed class ArchiveDesk(
    [FromKeyedServices(ArchiveComposition.Key)] PdfAugmentation pdf,
    [FromKeyedServices(ArchiveComposition.Key)] CmsAugmentation cms,
    DocumentJudge judge,
    DeadlineCalculator deadlines,
    ArchiveOptions options
)
{
    private const int Header = 1024;
    private const int CopyBuffer = 128 * 1024;

    /// <param name="document">Seekable, the whole document; a PDF is not held in memory.</param>
    /// <exception cref="ServiceException">EVIDENCE_BROKEN, and what <see cref="PdfAugmentation"/> and <see cref="CmsAugmentation"/> refuse.</exception>
    internal async Task<ArchiveResult> ProcessAsync(Stream document, ArchiveOrder order, CancellationToken cancellationToken) =>
        IsPdf(document)
            ? await ProcessPdfAsync(document, order, cancellationToken)
            : await ProcessCmsAsync(document, order, cancellationToken);

    /// <summary>Until when the document is protected as it is.</summary>
    internal (Protection Protection, CollectedSource Carried) Look(Stream document)
    {
        if (IsPdf(document))
        {
            var signatures = PdfSignatures.Read(document);
            return (deadlines.Of(signatures), signatures.Carried);
        }

        return Look(SignatureTargets.Decode(() => SignedData.Decode(ReadAll(document))));
    }

    private async Task<ArchiveResult> ProcessPdfAsync(Stream document, ArchiveOrder order, CancellationToken cancellationToken)
    {
        var verdicts = await judge.JudgePdfAsync(document, order.Augmentation, cancellationToken);
        var augmented = await pdf.AugmentAsync(document, order.Augmentation, cancellationToken);
        var grown = new AppendedStream(document);
        grown.Append(augmented.Bytes.Span);
        var signatures = PdfSignatures.Read(grown);
        var digest = Digest(grown, cancellationToken);
        return new ArchiveResult(true, augmented, grown.Length, digest, deadlines.Of(signatures), signatures.Carried, verdicts);
    }

    private async Task<ArchiveResult> ProcessCmsAsync(Stream document, ArchiveOrder order, CancellationToken cancellationToken)
    {
        var received = ReadAll(document);
        var verdicts = await judge.JudgeCmsAsync(received, order.ContentDigests, order.Augmentation, cancellationToken);
        var augmented = await cms.AugmentAsync(
            received,
            hash => order.ContentDigests.GetValueOrDefault(hash.Name!),
            order.Augmentation,
            null,
            cancellationToken
        );
        var (protection, carried) = Look(SignedData.Decode(augmented.Bytes));
        var digest = SHA256.HashData(augmented.Bytes.Span);
        return new ArchiveResult(false, augmented, augmented.Bytes.Length, digest, protection, carried, verdicts);
    }

    private (Protection Protection, CollectedSource Carried) Look(SignedData signedData)
    {
        var carried = new CollectedSource();
        CmsMaterial.Of(signedData).AddTo(carried);
        return (deadlines.Of(signedData, carried), carried);
    }

    private byte[] ReadAll(Stream document)
    {
        if (document.Length > options.MaxCmsSize)
        {
            throw new ServiceException(Fault.DocumentTooLarge, $"A CAdES signature may have {options.MaxCmsSize} bytes.");
        }

        var bytes = new byte[document.Length];
        document.Position = 0;
        document.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>ISO 32000-2 §7.5.2, annex I: the header lies within the first kilobyte.</summary>
    private static bool IsPdf(Stream document)
    {
        var start = new byte[Math.Min(Header, document.Length)];
        document.Position = 0;
        document.ReadExactly(start);
        return start.AsSpan().IndexOf("%PDF-"u8) >= 0;
    }

    private static byte[] Digest(Stream document, CancellationToken cancellationToken)
    {
        document.Position = 0;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBuffer];
        for (int read; (read = document.Read(buffer)) > 0; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            sha.AppendData(buffer, 0, read);
        }

        return sha.GetHashAndReset();
    }
}
