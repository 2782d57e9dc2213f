using EContract.Hosting.Errors;
using EContract.Pki.X509;
using EContract.Validation.Collection;
using EContract.Validation.Online;
using EContract.Validation.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>Gathers validation data for documents as the settings want it.</summary>
public sealed class DataGathering(
    AnchorStore anchors,
    [FromKeyedServices(ArchiveComposition.Key)] Fetcher fetcher,
    ArchiveOptions options,
    TimeProvider time
)
{
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    /// <summary>Whether any level above B-T can be reached at all.</summary>
    public bool IsAvailable => anchors.Anchors.Count > 0;

    /// <exception cref="ServiceException">SIGNATURE_LEVEL_UNAVAILABLE.</exception>
    public void RequireAvailable()
    {
        if (!IsAvailable)
        {
            throw new ServiceException(
                Fault.SignatureLevelUnavailable,
                "This server has no trust anchors for long-term levels (Signer:Archive:TrustAnchors)."
            );
        }
    }

    /// <summary>What all these signatures need, and what of it is missing.</summary>
    /// <param name="carried">What the document holds; asked first.</param>
    public async Task<ValidationData> GatherAsync(
        IReadOnlyList<CollectionTarget> targets,
        CollectedSource carried,
        CancellationToken cancellationToken
    )
    {
        var signers = targets.Where(t => t.IsSigner).ToLookup(t => t.Certificate);
        var online = new OnlineSource(fetcher) { FreshSince = certificate => FreshSince(signers[certificate]) };
        var policy = new CollectionPolicy
        {
            TrustAnchors = anchors.Anchors,
            Freshness = options.Freshness,
            GracePeriod = options.GracePeriod,
        };
        var collector = new ValidationDataCollector([carried, anchors.Known, online], policy, time);
        var data = new ValidationData();
        // The latest need first: what speaks of it serves the earlier ones.
        foreach (var target in targets.OrderByDescending(t => t.NeededAt))
        {
            data.UnionWith(await collector.CollectAsync(target, cancellationToken));
        }

        return data;
    }

    /// <exception cref="ServiceException">TRUST_ANCHOR_MISSING, REVOCATION_SOURCE_UNAVAILABLE: what is missing and why.</exception>
    public void RequireComplete(ValidationData data)
    {
        if (data.IsComplete)
        {
            return;
        }

        var detail = string.Join("; ", data.Missing.Take(5));
        if (data.Missing.Any(m => m.What == MissingKind.Chain))
        {
            throw new ServiceException(Fault.TrustAnchorMissing, detail);
        }

        var retryAt = data.Missing.Max(m => m.RetryAt);
        throw new ServiceException(Fault.RevocationSourceUnavailable, detail)
        {
            RetryAfter = retryAt - time.GetUtcNow() is { } wait && wait > Later ? wait : Later,
        };
    }

    // An answer from before the signature tells nothing about it, even where the policy would let it pass: with a cache, "newest" is not new.
    private static DateTimeOffset? FreshSince(IEnumerable<CollectionTarget> targets) =>
        targets.Select(t => (DateTimeOffset?)t.NeededAt).Max();
}
