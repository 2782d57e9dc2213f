using EContract.Ca.Authorities;
using EContract.Ca.Profiles;
using EContract.Ca.Revocation;
using EContract.Ca.Store;
using EContract.Hosting.Health;
using EContract.Pki.Crl;
using Microsoft.Extensions.Options;

namespace EContract.Ca;

/// <summary>
/// Looks after what ends by itself: authorities, their OCSP responders, CRLs, and every infrastructure certificate that ceremonies
/// made, also those that other roles and callers use. It warns, and never takes a node out of service: what still works goes on.
/// </summary>
internal sealed class CaHealth(
    CaDatabase database,
    AuthorityRegistry authorities,
    ProfileCatalogue profiles,
    IOptions<CrlOptions> crls,
    TimeProvider time
)
{
    private const string ExampleArc = "2.999.";

    /// <summary>Its successor has to be certified in a ceremony and be in everybody's hands by then.</summary>
    private static readonly TimeSpan AuthorityWarning = TimeSpan.FromDays(365);

    /// <summary>Something that ended this long ago and was neither renewed nor missed is not in use any more.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(30);

    public async ValueTask<HealthFinding> JudgeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (infrastructure, newest) = await database.ReadAsync(
            async context =>
                (await context.ListInfrastructureEndsAsync(cancellationToken), await context.NewestCrlsAsync(cancellationToken)),
            cancellationToken
        );
        var findings = JudgePolicies()
            .Concat(JudgeAuthorities(now))
            .Concat(JudgeInfrastructure(infrastructure, now))
            .Concat(JudgeCrls(newest, now))
            .Where(finding => finding.State != HealthState.Healthy)
            .Select(finding => finding.Reason)
            .ToList();
        return findings.Count > 0 ? HealthFinding.Degraded(string.Join(' ', findings)) : HealthFinding.Healthy("Nothing is about to end.");
    }

    /// <summary>The OIDs that come with the software are of the arc for examples (X.660): nobody's policy.</summary>
    private IEnumerable<HealthFinding> JudgePolicies()
    {
        if (authorities.All.All(a => new Uri(a.Urls.BaseUrl).IsLoopback))
        {
            yield break; // the demonstration
        }

        var examples = profiles.Profiles.Where(p => p.NameOids().Any(oid => oid.StartsWith(ExampleArc, StringComparison.Ordinal)));
        var names = string.Join(", ", examples.Select(p => p.Name));
        if (names.Length > 0)
        {
            yield return HealthFinding.Degraded(
                $"Profiles {names} name OIDs of the example arc {ExampleArc}: put your own (Ca:Profiles) before certificates are issued."
            );
        }
    }

    private IEnumerable<HealthFinding> JudgeAuthorities(DateTimeOffset now)
    {
        foreach (var authority in authorities.All)
        {
            var end = authority.Certificate.Tbs.NotAfter;
            if (authority.Issuing && end - now < AuthorityWarning)
            {
                yield return HealthFinding.Degraded($"Authority {authority.Id} ends on {end:yyyy-MM-dd}: plan its successor.");
            }

            // A CA that has ended has no certificates to answer for.
            if (end > now && authority.OcspCertificate is { } responder)
            {
                yield return CertificateProbe.Judge($"The OCSP responder of {authority.Id}", responder.Tbs.NotAfter, now);
            }

            if (end > now && authority.OfflineCrl is { } offline)
            {
                var next = CertificateRevocationList.Decode(offline).NextUpdate ?? now;
                yield return CertificateProbe.Judge($"The CRL of {authority.Id}", next, now);
            }
        }
    }

    private IEnumerable<HealthFinding> JudgeInfrastructure(IEnumerable<InfrastructureEnd> ends, DateTimeOffset now) =>
        from certificate in ends
        where certificate.NotAfter > now - Forgotten
        // Judged with their authority, where it is known which one is in use.
        where
            !profiles.Contains(certificate.Profile)
            || profiles.Get(certificate.Profile) is { OcspNoCheck: false, IsCertificateAuthority: false }
        select CertificateProbe.Judge($"{certificate.Profile} {certificate.Subject}", certificate.NotAfter, now);

    private IEnumerable<HealthFinding> JudgeCrls(Dictionary<CrlScope, DateTimeOffset> newest, DateTimeOffset now)
    {
        foreach (var scope in authorities.All.Where(a => a.Online && a.Certificate.Tbs.NotAfter > now).SelectMany(CrlIssuer.ScopesOf))
        {
            var interval = scope.Delta ? crls.Value.DeltaInterval : crls.Value.Interval;
            if (newest.TryGetValue(scope, out var issued) && now - issued > 2 * interval)
            {
                yield return HealthFinding.Degraded($"CRL {scope.Authority}/{scope.Name} is overdue: the newest is of {issued:u}.");
            }
        }
    }
}
