using EContract.Hosting.Errors;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Locations;
using EContract.Signer.Documents;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;

namespace EContract.Signer.Archive.Register;

/// <summary>
/// Registers documents where they lie, and renews them there. Crash-exact: the digest of the renewed document is committed before it is put
/// in its place, so that after a crash in between the document found there is recognised, and not stamped again.
/// </summary>
public sealed class RenewalDesk(
    ArchiveDesk desk,
    ArchiveRegister register,
    DocumentLocations locations,
    Spool spool,
    DocumentOptions documents,
    ArchiveOptions options,
    CyclePoints points
)
{
    /// <summary>Enters a document of a store as it is.</summary>
    internal async Task<ArchiveDocument> RegisterAsync(
        CallOrigin call,
        string name,
        ArchiveLocation location,
        IReadOnlyDictionary<string, byte[]> contentDigests,
        CancellationToken cancellationToken
    )
    {
        await using var copy = new SpooledFile(spool);
        await locations.Of(location).ReadAsync(location, copy.Stream, documents.MaxSize, cancellationToken);
        var (protection, carried) = desk.Look(copy.Stream);
        var digest = await copy.DigestAsync(cancellationToken);
        return await register.AddAsync(
            call,
            name,
            location.ToString(),
            digest,
            copy.Stream.Length,
            protection,
            carried,
            contentDigests,
            cancellationToken
        );
    }

    /// <summary>Renews a registered document. Null as result: an interrupted renewal only had to be entered.</summary>
    internal async Task<(ArchiveDocument Document, ArchiveResult? Result)> RenewAsync(
        CallOrigin call,
        ArchiveDocumentId id,
        bool preserveEvidence,
        CancellationToken cancellationToken
    )
    {
        var known = await register.GetAsync(call, id, cancellationToken);
        if (known.Location is null)
        {
            throw ServiceException.Invalid("document_id", "The caller keeps this document: send it with Restamp.");
        }

        var location = ArchiveLocation.Parse(known.Location, "location");
        var store = locations.Of(location);
        var claimed = await register.ClaimAsync(call, id, options.RenewalLease, cancellationToken);
        try
        {
            await using var copy = new SpooledFile(spool);
            var version = await store.ReadAsync(location, copy.Stream, documents.MaxSize, cancellationToken);
            var digest = await copy.DigestAsync(cancellationToken);
            if (claimed.PendingDigest is { } pending && digest.AsSpan().SequenceEqual(pending))
            {
                var (protection, carried) = desk.Look(copy.Stream);
                var entered = await register.RecordAsync(call, claimed, digest, copy.Stream.Length, protection, carried, cancellationToken);
                return (entered, null);
            }

            if (!digest.AsSpan().SequenceEqual(claimed.Digest))
            {
                throw new ServiceException(Fault.DocumentChanged, $"What lies at {location} is not the document that was registered.");
            }

            var order = new ArchiveOrder(
                new AugmentationOrder
                {
                    Level = ItemLevel.LongTermArchive,
                    Renew = true,
                    PreserveEvidence = preserveEvidence,
                },
                ContentDigests(claimed)
            );
            var result = await desk.ProcessAsync(copy.Stream, order, cancellationToken);
            await register.AnnounceAsync(claimed, result.Digest, cancellationToken);
            await points.ReachedAsync(CyclePoint.RenewalAnnounced);
            await using (var renewed = Whole(copy.Stream, result))
            {
                await store.ReplaceAsync(location, version, renewed, cancellationToken);
            }

            await points.ReachedAsync(CyclePoint.DocumentReplaced);
            var row = await register.RecordAsync(
                call,
                claimed,
                result.Digest,
                result.Size,
                result.Protection,
                result.Carried,
                cancellationToken
            );
            return (row, result);
        }
        catch (ServiceException)
        {
            await register.ReleaseAsync(claimed);
            throw;
        }
    }

    /// <summary>Renews a registered document that its caller has sent, and brings its entry up to date.</summary>
    /// <exception cref="ServiceException">DOCUMENT_CHANGED: it is not the one that is registered.</exception>
    internal async Task<ArchiveResult> RenewSentAsync(
        CallOrigin call,
        ArchiveDocumentId id,
        SpooledFile file,
        ArchiveOrder order,
        CancellationToken cancellationToken
    )
    {
        var claimed = await register.ClaimAsync(call, id, options.RenewalLease, cancellationToken);
        try
        {
            // The document before the last renewal is taken, too: its answer may have been lost on the way.
            var digest = await file.DigestAsync(cancellationToken);
            if (!digest.AsSpan().SequenceEqual(claimed.Digest) && !digest.AsSpan().SequenceEqual(claimed.PreviousDigest))
            {
                throw new ServiceException(Fault.DocumentChanged, "This is not the document that was registered.");
            }

            var result = await desk.ProcessAsync(file.Stream, order, cancellationToken);
            await register.RecordAsync(call, claimed, result.Digest, result.Size, result.Protection, result.Carried, cancellationToken);
            return result;
        }
        catch (ServiceException)
        {
            await register.ReleaseAsync(claimed);
            throw;
        }
    }

    /// <summary>The whole document after the result, from its first byte.</summary>
    internal static Stream Whole(Stream document, ArchiveResult result)
    {
        var grown = new AppendedStream(result.IsPdf ? document : Stream.Null);
        grown.Append(result.Augmented.Bytes.Span);
        return grown;
    }

    private static Dictionary<string, byte[]> ContentDigests(ArchiveDocument document) =>
        document
            .ContentDigests.Select(text => text.Split(':', 2))
            .ToDictionary(p => p[0], p => Convert.FromHexString(p[1]), StringComparer.Ordinal);
}
