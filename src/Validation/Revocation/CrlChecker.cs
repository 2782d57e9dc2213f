using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Crl;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Paths;
using EContract.Validation.Policies;
using EContract.Validation.Signatures;

namespace EContract.Validation.Revocation;

/// <summary>Tells by the CRLs at hand whether a certificate is revoked (RFC 5280 §6.3), with delta, indirect and partitioned CRLs.</summary>
internal sealed class CrlChecker(CertificatePool pool, PathValidator validator)
{
    private static readonly HashSet<string> Understood =
    [
        Oids.CrlNumber,
        Oids.DeltaCrlIndicator,
        Oids.IssuingDistributionPoint,
        Oids.AuthorityKeyIdentifier,
        Oids.FreshestCrl,
        Oids.ExpiredCertsOnCrl,
    ];

    private static readonly HashSet<string> UnderstoodInEntries = [Oids.CrlReasonCode, Oids.InvalidityDate, Oids.CertificateIssuer];

    // The status of a CRL's signer may hang on the very CRL that he signs. The question is then left to the check that is under
    // way, which looks the signer up in that CRL.
    private readonly HashSet<Certificate> _inProgress = [];

    /// <summary>The problem with the certificate's status, or null if it is shown not to be revoked for any reason.</summary>
    /// <param name="constraints">How old a CRL may be; null: as it says itself.</param>
    /// <param name="used">Takes what the answer rests on.</param>
    public PathProblem? Check(
        Certificate certificate,
        CertificateIssuer issuer,
        TrustAnchor anchor,
        DateTimeOffset time,
        RevocationConstraints? constraints = null,
        List<RevocationEvidence>? used = null
    )
    {
        if (!_inProgress.Add(certificate))
        {
            return null;
        }

        try
        {
            return CheckPoints(certificate, issuer, anchor, time, constraints, used);
        }
        catch (MalformedException e)
        {
            return new PathProblem(PathFailure.NoRevocationInformation, e.Clause, e.Detail);
        }
        finally
        {
            _inProgress.Remove(certificate);
        }
    }

    /// <summary>What each complete CRL that covers the certificate for every reason says of it, whatever the time.</summary>
    public IEnumerable<RevocationEvidence> FindEvidence(Certificate certificate, CertificateIssuer issuer, TrustAnchor anchor)
    {
        if (!_inProgress.Add(certificate))
        {
            yield break;
        }

        try
        {
            var seen = new HashSet<CertificateRevocationList>();
            foreach (var point in PointsOf(certificate))
            {
                foreach (var crl in CrlScope.Issuers(point, certificate).SelectMany(pool.FindCrls).Where(c => c.BaseCrlNumber is null))
                {
                    if (
                        ReasonsOf(crl, point) == ReasonFlags.All
                        && !seen.Contains(crl)
                        && FindSigner(crl, point, certificate, issuer, anchor) is { } key
                    )
                    {
                        seen.Add(crl);
                        yield return Evidence(crl, key, certificate, FindEntry(crl, certificate));
                    }
                }
            }
        }
        finally
        {
            _inProgress.Remove(certificate);
        }
    }

    private static RevocationEvidence Evidence(
        CertificateRevocationList crl,
        SubjectPublicKeyInfo signer,
        Certificate certificate,
        RevokedCertificate? entry
    ) =>
        new()
        {
            Encoded = crl.Encoded,
            Kind = RevocationEvidenceKind.Crl,
            Subject = certificate,
            IssuedAt = crl.ThisUpdate,
            NextUpdate = crl.NextUpdate,
            RevokedAt = entry?.RevocationDate,
            Reason = entry?.Reason,
            KeepsExpiredSince = crl.Extensions.Find(Oids.ExpiredCertsOnCrl) is { } kept ? ExpiredCertsOnCrl.Decode(kept.Value) : null,
            SignatureAlgorithm = crl.Signed.SignatureAlgorithm,
            SignerKey = signer,
        };

    private static ReasonFlags ReasonsOf(CertificateRevocationList crl, DistributionPoint point) =>
        ReasonFlags.All & (point.Reasons ?? ReasonFlags.All) & (crl.IssuingDistributionPoint?.OnlySomeReasons ?? ReasonFlags.All);

    private PathProblem? CheckPoints(
        Certificate certificate,
        CertificateIssuer issuer,
        TrustAnchor anchor,
        DateTimeOffset time,
        RevocationConstraints? constraints,
        List<RevocationEvidence>? used
    )
    {
        var known = ReasonFlags.None;
        var stale = false;
        foreach (var point in PointsOf(certificate))
        {
            foreach (var crl in CrlScope.Issuers(point, certificate).SelectMany(pool.FindCrls).Where(c => c.BaseCrlNumber is null))
            {
                // (d), (e): a CRL that tells of no further reason is not worth its signature check.
                var reasons = ReasonsOf(crl, point);
                if ((reasons & ~known) == 0 || FindSigner(crl, point, certificate, issuer, anchor) is not { } signer)
                {
                    continue;
                }

                var evidence = Evidence(crl, signer, certificate, FindEntry(crl, certificate));
                // A list of a later day tells of this time, too, unless the certificate may have been dropped from it after its end.
                if (!evidence.SpeaksOfSubject)
                {
                    continue;
                }

                if (crl.NextUpdate < time || constraints?.FreshUntil(crl.ThisUpdate, crl.NextUpdate ?? time) < time)
                {
                    stale = true;
                    continue;
                }

                var delta = FindDelta(crl, point, certificate, issuer, anchor, time);
                if (FindEntry(crl, delta, certificate) is { } entry && entry.RevocationDate <= time)
                {
                    var detail = $"revoked at {entry.RevocationDate:u}, {entry.Reason}";
                    used?.Add(evidence);
                    return new PathProblem(PathFailure.Revoked, "RFC 5280 §6.3.3 (i)", detail)
                    {
                        RevokedAt = entry.RevocationDate,
                        KnownAt = (delta ?? crl).ThisUpdate,
                        IsHold = entry.Reason == CrlReason.CertificateHold,
                    };
                }

                used?.Add(evidence);
                known |= reasons;
            }

            if (known == ReasonFlags.All)
            {
                return null;
            }
        }

        return stale
            ? new PathProblem(PathFailure.StaleRevocationInformation, "RFC 5280 §6.3.3 (a)", "the CRL is past its nextUpdate")
            : new PathProblem(
                PathFailure.NoRevocationInformation,
                "RFC 5280 §6.3.3",
                "no usable CRL covers the certificate for every reason"
            );
    }

    /// <summary>The certificate's points, then the one that RFC 5280 §6.3.3 adds: whatever the issuer signs itself.</summary>
    private static IEnumerable<DistributionPoint> PointsOf(Certificate certificate)
    {
        var points = certificate.Tbs.Extensions.Find(Oids.CrlDistributionPoints) is { } extension
            ? CrlDistributionPoints.Decode(extension.Value).Points
            : [];
        return points.Append(new DistributionPoint([GeneralName.Directory(certificate.Tbs.Issuer)]));
    }

    /// <summary>The key that signed a CRL which may tell of the certificate; null if it may not, or who signed it had no right to.</summary>
    private SubjectPublicKeyInfo? FindSigner(
        CertificateRevocationList crl,
        DistributionPoint point,
        Certificate certificate,
        CertificateIssuer issuer,
        TrustAnchor anchor
    ) =>
        !crl.Extensions.Any(e => e.Critical && !Understood.Contains(e.Oid))
        && CrlScope.Covers(crl, point, certificate)
        // RFC 5280 §5.3: a critical entry extension that isn't understood spoils the whole list.
        && !crl.ReadEntries().Any(entry => entry.Extensions.Any(e => e.Critical && !UnderstoodInEntries.Contains(e.Oid)))
            ? FindSigner(crl, issuer, anchor)
            : null;

    /// <summary>(f), (g): the signer is the certificate's issuer, the anchor, or a CA certificate that leads to the same anchor.</summary>
    private SubjectPublicKeyInfo? FindSigner(CertificateRevocationList crl, CertificateIssuer issuer, TrustAnchor anchor)
    {
        if (NameMatcher.Matches(crl.Issuer, issuer.Name) && MaySignCrls(issuer.Certificate) && Verifies(crl, issuer.PublicKey))
        {
            return issuer.PublicKey;
        }

        if (NameMatcher.Matches(crl.Issuer, anchor.Name) && Verifies(crl, anchor.PublicKey))
        {
            return anchor.PublicKey;
        }

        return pool.FindBySubject(crl.Issuer)
            .FirstOrDefault(signer =>
                MaySignCrls(signer) && Verifies(crl, signer.Tbs.SubjectPublicKeyInfo) && validator.ValidateCrlIssuer(signer, anchor).IsValid
            )
            ?.Tbs.SubjectPublicKeyInfo;
    }

    private static bool Verifies(CertificateRevocationList crl, SubjectPublicKeyInfo key) =>
        SignatureVerifier.Verify(crl.Signed.SignatureAlgorithm, key, crl.Signed.ToBeSigned.Span, crl.Signed.Signature.Span);

    private static bool MaySignCrls(Certificate? signer) =>
        signer?.Tbs.Extensions.Find(Oids.KeyUsage) is not { } usage || KeyUsage.Decode(usage.Value).Usages.HasFlag(KeyUsages.CrlSign);

    /// <summary>(c): the newest delta CRL of the same signer and scope that builds on this complete CRL.</summary>
    private CertificateRevocationList? FindDelta(
        CertificateRevocationList complete,
        DistributionPoint point,
        Certificate certificate,
        CertificateIssuer issuer,
        TrustAnchor anchor,
        DateTimeOffset time
    ) =>
        pool.FindCrls(complete.Issuer)
            .Where(delta =>
                delta.BaseCrlNumber is { } baseNumber
                && complete.CrlNumber is { } number
                && baseNumber <= number
                && number < delta.CrlNumber
                && SameExtension(complete, delta, Oids.IssuingDistributionPoint)
                && SameExtension(complete, delta, Oids.AuthorityKeyIdentifier)
                && delta.ThisUpdate <= time
                && !(delta.NextUpdate < time)
                && FindSigner(delta, point, certificate, issuer, anchor) is not null
            )
            .MaxBy(delta => delta.CrlNumber);

    private static bool SameExtension(CertificateRevocationList left, CertificateRevocationList right, string oid) =>
        (left.Extensions.Find(oid), right.Extensions.Find(oid)) switch
        {
            (null, null) => true,
            ({ } a, { } b) => a.Value.Span.SequenceEqual(b.Value.Span),
            _ => false,
        };

    /// <summary>(i), (j), (k): what the delta says goes before what the complete CRL says.</summary>
    private static RevokedCertificate? FindEntry(
        CertificateRevocationList complete,
        CertificateRevocationList? delta,
        Certificate certificate
    )
    {
        if (delta is not null && FindEntry(delta, certificate) is { } changed)
        {
            return changed.Reason == CrlReason.RemoveFromCrl ? null : changed;
        }

        return FindEntry(complete, certificate);
    }

    private static RevokedCertificate? FindEntry(CertificateRevocationList crl, Certificate certificate)
    {
        // RFC 5280 §5.3.3: in an indirect CRL an entry's issuer is that of the entry before, unless it says another.
        var issuer = crl.Issuer;
        foreach (var entry in crl.ReadEntries())
        {
            if (entry.Extensions.Find(Oids.CertificateIssuer) is { } named)
            {
                var names = Der.Decode(named.Value, "RFC 5280 §5.3.3", reader => GeneralNames.Decode(reader, "RFC 5280 §5.3.3"));
                issuer = names.FirstOrDefault(n => n.Form == GeneralNameForm.DirectoryName)?.ToDirectoryName() ?? issuer;
            }

            if (entry.SerialNumber.Equals(certificate.Tbs.SerialNumber) && NameMatcher.Matches(issuer, certificate.Tbs.Issuer))
            {
                return entry;
            }
        }

        return null;
    }
}
