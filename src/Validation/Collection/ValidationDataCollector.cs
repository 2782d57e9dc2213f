using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;
using EContract.Validation.Online;
using EContract.Validation.Paths;
using EContract.Validation.Sources;

namespace EContract.Validation.Collection;

/// <summary>
/// Gathers what keeps signatures verifiable when the authorities are gone: for each certificate its chain up to an anchor, and for each
/// certificate below the anchor an OCSP response or CRL; the same for the responders that signed those. Sources are asked in their order
/// and only while something is missing. Judges enough not to keep what is useless; the verdict is the validator's. One per document; not
/// thread-safe.
/// </summary>
public sealed class ValidationDataCollector(IReadOnlyList<IValidationSource> sources, CollectionPolicy policy, TimeProvider time)
{
    private readonly Dictionary<Certificate, Chain?> _chains = [];
    private readonly Dictionary<Certificate, DateTimeOffset> _seen = []; // until when a certificate's status was looked for

    /// <summary>Everything for one signature. What an earlier call on this collector has given is not given again.</summary>
    public async Task<ValidationData> CollectAsync(CollectionTarget target, CancellationToken cancellationToken)
    {
        var data = new ValidationData();
        var open = new Queue<CollectionTarget>([target]);
        while (open.TryDequeue(out var next))
        {
            if (IsAnchor(next.Certificate))
            {
                continue;
            }

            if (await FindChainAsync(next.Certificate, cancellationToken) is not { } chain)
            {
                data.Add(next.Certificate);
                data.Add(
                    new MissingData(next.Certificate, MissingKind.Chain, "no chain of certificates leads to a trust anchor" + Tried())
                );
                continue;
            }

            for (var i = 0; i < chain.Certificates.Count; i++)
            {
                // The same certificate may be met again as an issuer, or as the responder for itself: once is enough, and the loop ends.
                if (!_seen.TryGetValue(chain.Certificates[i], out var known) || known < next.NeededAt)
                {
                    _seen[chain.Certificates[i]] = next.NeededAt;
                    data.Add(chain.Certificates[i]);
                    var signer = next.IsSigner && i == 0;
                    await CollectRevocationAsync(chain, i, next with { IsSigner = signer }, data, open, cancellationToken);
                }
            }
        }

        return data;
    }

    private async Task CollectRevocationAsync(
        Chain chain,
        int index,
        CollectionTarget target,
        ValidationData data,
        Queue<CollectionTarget> open,
        CancellationToken cancellationToken
    )
    {
        var certificate = chain.Certificates[index];
        if (IsExempt(certificate))
        {
            return;
        }

        if (chain.IssuerOf(index) is not { } issuer)
        {
            data.Add(new MissingData(certificate, MissingKind.Revocation, "the trust anchor is a bare key: nothing can be asked about it"));
            return;
        }

        DateTimeOffset? stale = null;
        foreach (var source in sources)
        {
            var answers = await source.FindOcspResponsesAsync(certificate, issuer, cancellationToken);
            var found = answers
                .Select(answer => OcspEvidence.Find(answer, certificate, issuer, data.Certificates))
                .OfType<OcspEvidence.Found>()
                .Where(f => IsInTime(f.Single.ThisUpdate, f.Single.NextUpdate, target))
                .Where(f =>
                    f.Single.ThisUpdate <= certificate.Tbs.NotAfter || OcspEvidence.CoversExpired(f.Single, certificate.Tbs.NotAfter)
                )
                .Where(f => f.Single.CertStatus.Kind != CertStatusKind.Unknown)
                .MaxBy(f => f.Single.ThisUpdate);
            if (found is null)
            {
                continue;
            }

            if (!IsFresh(found.Single.ThisUpdate, target))
            {
                stale = Later(stale, found.Single.ThisUpdate);
                continue;
            }

            data.Add(found.Answer);
            if (found.Single.CertStatus is { Kind: CertStatusKind.Revoked, RevocationTime: { } at } status)
            {
                data.Add(new RevokedFinding(certificate, at, status.Reason));
            }

            if (found.Responder is { } responder)
            {
                data.Add(responder);
                open.Enqueue(new CollectionTarget(responder, target.NeededAt, IsSigner: false));
            }

            return;
        }

        foreach (var source in sources)
        {
            var lists = await source.FindCrlsAsync(certificate, issuer, cancellationToken);
            var crl = lists.Where(list => IsUsable(list, certificate, issuer, target)).MaxBy(list => list.ThisUpdate);
            if (crl is null)
            {
                continue;
            }

            if (!IsFresh(crl.ThisUpdate, target))
            {
                stale = Later(stale, crl.ThisUpdate);
                continue;
            }

            data.Add(crl);
            if (CrlEvidence.EntryOf(crl, certificate) is { } entry)
            {
                data.Add(new RevokedFinding(certificate, entry.RevocationDate, entry.Reason));
            }

            return;
        }

        data.Add(Missing(certificate, target, stale));
    }

    private MissingData Missing(Certificate certificate, CollectionTarget target, DateTimeOffset? stale)
    {
        if (stale is not { } newest)
        {
            return new MissingData(certificate, MissingKind.Revocation, "there is no usable OCSP response or CRL" + Tried());
        }

        var from = target.NeededAt + policy.GracePeriod;
        return new MissingData(
            certificate,
            MissingKind.FreshRevocation,
            $"revocation data from {from:u} on are wanted, the newest are from {newest:u}" + Tried(),
            from
        );
    }

    /// <summary>RFC 6960 §4.2.2.2.1: the responder's certificate says that its status is nobody's question.</summary>
    private static bool IsExempt(Certificate certificate) => certificate.Tbs.Extensions.Find(Oids.OcspNoCheck) is not null;

    private bool IsUsable(CertificateRevocationList crl, Certificate certificate, Certificate issuer, CollectionTarget target)
    {
        try
        {
            return IsInTime(crl.ThisUpdate, crl.NextUpdate, target)
                && (crl.ThisUpdate <= certificate.Tbs.NotAfter || CrlEvidence.CoversExpired(crl, certificate.Tbs.NotAfter))
                && CrlEvidence.Covers(crl, certificate, issuer);
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    /// <summary>Not from the future, and not run out before the time of which they must speak.</summary>
    private bool IsInTime(DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate, CollectionTarget target) =>
        thisUpdate <= time.GetUtcNow() + policy.ClockSkew
        && (thisUpdate >= target.NeededAt || (nextUpdate ?? thisUpdate + policy.ClockSkew) >= target.NeededAt);

    private bool IsFresh(DateTimeOffset thisUpdate, CollectionTarget target) =>
        !target.IsSigner
        || policy.Freshness == RevocationFreshness.AtSignature
        // thisUpdate has whole seconds.
        || thisUpdate >= CertificateTime.Truncate(target.NeededAt + policy.GracePeriod);

    private bool IsAnchor(Certificate certificate) => policy.TrustAnchors.Any(anchor => IssuerMatch.IsSame(anchor, certificate));

    private async Task<Chain?> FindChainAsync(Certificate certificate, CancellationToken cancellationToken)
    {
        if (!_chains.TryGetValue(certificate, out var known))
        {
            _chains[certificate] = known = await FindChainAsync([certificate], cancellationToken);
        }

        return known;
    }

    private async Task<Chain?> FindChainAsync(List<Certificate> below, CancellationToken cancellationToken)
    {
        var top = below[^1];
        if (policy.TrustAnchors.FirstOrDefault(a => IssuerMatch.Is(a, top)) is { } anchor)
        {
            return new Chain(below, anchor);
        }

        if (below.Count >= policy.MaxChainLength)
        {
            return null;
        }

        foreach (var source in sources)
        {
            foreach (var issuer in await source.FindIssuersAsync(top, cancellationToken))
            {
                if (
                    !below.Contains(issuer)
                    && IssuerMatch.Is(issuer, top)
                    && await FindChainAsync([.. below, issuer], cancellationToken) is { } chain
                )
                {
                    return chain;
                }
            }
        }

        return null;
    }

    /// <summary>What the network did not give, for the reason of what is missing.</summary>
    private string Tried()
    {
        var failures = sources
            .OfType<OnlineSource>()
            .SelectMany(source => source.Failures)
            .Select(f => $"{f.Location}: {f.Reason}")
            .Distinct()
            .ToList();
        return failures.Count == 0 ? "" : $" ({string.Join("; ", failures.Take(6))})";
    }

    private static DateTimeOffset Later(DateTimeOffset? left, DateTimeOffset right) => left > right ? left.Value : right;

    private sealed record Chain(List<Certificate> Certificates, TrustAnchor Anchor)
    {
        public Certificate? IssuerOf(int index) => index + 1 < Certificates.Count ? Certificates[index + 1] : Anchor.Certificate;
    }
}
