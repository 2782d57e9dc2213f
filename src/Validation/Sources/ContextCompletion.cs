using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Paths;
using EContract.Validation.Policies;

namespace EContract.Validation.Sources;

/// <summary>
/// Asks further sources for what is missing at hand: the issuers of a certificate up to an anchor, and revocation data for each. What is
/// at hand suffices in most documents that were made to last; then nobody is asked.
/// </summary>
internal sealed class ContextCompletion(IReadOnlyList<IValidationSource> sources)
{
    // A bag of certificates that all name each other must not keep anybody busy.
    private const int MaxCertificates = 32;

    public async Task CompleteAsync(
        ValidationContext context,
        Certificate certificate,
        AnchorPurpose purpose,
        CancellationToken cancellationToken
    )
    {
        if (sources.Count == 0 || CertificateValidation.Validate(context, certificate, purpose, context.Time).Conclusion.IsPassed)
        {
            return;
        }

        var anchors = context.Policy.AnchorsFor(purpose);
        var open = new Queue<Certificate>([certificate]);
        var seen = new HashSet<Certificate> { certificate };
        while (open.TryDequeue(out var subject))
        {
            var issuers = anchors
                .Where(anchor => NameMatcher.Matches(anchor.Name, subject.Tbs.Issuer))
                .Select(anchor => anchor.Certificate)
                .OfType<Certificate>()
                .ToList();
            if (issuers.Count == 0)
            {
                issuers = await FindIssuersAsync(context.Collected, subject, cancellationToken);
                foreach (var issuer in issuers.Where(issuer => seen.Count < MaxCertificates && seen.Add(issuer)))
                {
                    open.Enqueue(issuer);
                }
            }

            if (context.Policy.Revocation.Required)
            {
                foreach (var issuer in issuers)
                {
                    await AddStatusAsync(context.Collected, subject, issuer, cancellationToken);
                }
            }
        }
    }

    private async Task<List<Certificate>> FindIssuersAsync(
        CollectedSource collected,
        Certificate subject,
        CancellationToken cancellationToken
    )
    {
        if (collected.Pool.FindBySubject(subject.Tbs.Issuer).Count == 0)
        {
            foreach (var source in sources)
            {
                foreach (var issuer in await source.FindIssuersAsync(subject, cancellationToken))
                {
                    collected.Add(issuer);
                }
            }
        }

        return [.. collected.Pool.FindBySubject(subject.Tbs.Issuer)];
    }

    private async Task AddStatusAsync(
        CollectedSource collected,
        Certificate subject,
        Certificate issuer,
        CancellationToken cancellationToken
    )
    {
        foreach (var source in sources)
        {
            foreach (var answer in await source.FindOcspResponsesAsync(subject, issuer, cancellationToken))
            {
                collected.Add(answer);
            }

            foreach (var crl in await source.FindCrlsAsync(subject, issuer, cancellationToken))
            {
                collected.Add(crl);
            }
        }
    }
}
