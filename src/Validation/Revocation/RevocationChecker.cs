using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Paths;
using EContract.Validation.Policies;

namespace EContract.Validation.Revocation;

/// <summary>
/// The status of a certificate at a time, by the OCSP responses and CRLs at hand. A revocation that any of them tells counts, but for a
/// hold that a newer one no longer tells of; that a certificate is good counts only by fresh data (ETSI EN 319 102-1 §5.2.5).
/// </summary>
internal sealed class RevocationChecker(CertificatePool pool, PathValidator validator, RevocationConstraints constraints)
{
    private readonly CrlChecker _crls = new(pool, validator);
    private readonly List<RevocationEvidence> _used = [];

    /// <summary>The evidence that the answers so far rest on.</summary>
    public IReadOnlyList<RevocationEvidence> Used => _used;

    /// <summary>The problem with the certificate's status, or null if it is shown not to be revoked for any reason.</summary>
    public PathProblem? Check(Certificate certificate, CertificateIssuer issuer, TrustAnchor anchor, DateTimeOffset time)
    {
        var answers = Readable(() => new OcspChecker(pool, _crls).FindEvidence(certificate, issuer, anchor))
            .Where(e => e.SpeaksOfSubject)
            .OrderByDescending(e => e.IssuedAt)
            .ToList();
        if (answers.FirstOrDefault(e => e.RevokedAt <= time && (!e.IsHold || ReferenceEquals(e, answers[0]))) is { } revoked)
        {
            _used.Add(revoked);
            return Revoked(revoked);
        }

        var fresh = answers.FirstOrDefault(e => e.RevokedAt is null && constraints.FreshUntil(e.IssuedAt, e.NextUpdate) >= time);
        var byCrl = _crls.Check(certificate, issuer, anchor, time, constraints, _used);
        if (fresh is null || (byCrl is { Failure: PathFailure.Revoked } && !(byCrl.IsHold && byCrl.KnownAt < fresh.IssuedAt)))
        {
            return byCrl is { Failure: PathFailure.NoRevocationInformation } && answers.Count > 0
                ? new PathProblem(PathFailure.StaleRevocationInformation, "RFC 6960 §3.2", "the OCSP response is out of date")
                : byCrl;
        }

        _used.Add(fresh);
        return null;
    }

    /// <summary>All that is known of a certificate, whatever the time.</summary>
    public IReadOnlyList<RevocationEvidence> FindEvidence(Certificate certificate, CertificateIssuer issuer, TrustAnchor anchor) =>
        [
            .. Readable(() => new OcspChecker(pool, _crls).FindEvidence(certificate, issuer, anchor)),
            .. Readable(() => _crls.FindEvidence(certificate, issuer, anchor)),
        ];

    private static PathProblem Revoked(RevocationEvidence evidence) =>
        new(PathFailure.Revoked, "RFC 6960 §2.2", $"revoked at {evidence.RevokedAt:u}, {evidence.Reason?.ToString() ?? "no reason given"}")
        {
            RevokedAt = evidence.RevokedAt,
            KnownAt = evidence.IssuedAt,
            IsHold = evidence.IsHold,
        };

    // An extension that can't be read spoils what it stands in, not the verdict on all the rest.
    private static List<RevocationEvidence> Readable(Func<IEnumerable<RevocationEvidence>> find)
    {
        var found = new List<RevocationEvidence>();
        try
        {
            found.AddRange(find());
        }
        catch (MalformedException)
        {
            return found;
        }

        return found;
    }
}
