using EContract.Pki.X509;
using EContract.Validation.Revocation;
using EContract.Validation.Signatures;

namespace EContract.Validation.Paths;

/// <summary>Finds a valid path from a certificate to a trust anchor (RFC 5280 §6, building as in RFC 4158).</summary>
public sealed class PathValidator
{
    private readonly CertificatePool _pool;
    private readonly PathParameters _parameters;
    private readonly RevocationChecker _revocation;
    private int _signatureChecksLeft;

    public PathValidator(CertificatePool pool, PathParameters parameters)
    {
        _pool = pool;
        _parameters = parameters;
        _revocation = new RevocationChecker(pool, this, parameters.Revocation);
        _signatureChecksLeft = parameters.MaxSignatureChecks;
    }

    /// <summary>Validates a certificate at <see cref="PathParameters.Time"/>.</summary>
    public PathResult Validate(Certificate certificate) => Validate(certificate, _parameters, anchor: null);

    /// <summary>All revocation data on each certificate of a path, whatever the time; in the path's order.</summary>
    internal IReadOnlyList<IReadOnlyList<RevocationEvidence>> FindEvidence(TrustAnchor anchor, IReadOnlyList<Certificate> path)
    {
        var evidence = new List<IReadOnlyList<RevocationEvidence>>();
        var issuer = new CertificateIssuer(anchor.Name, anchor.PublicKey, null);
        foreach (var certificate in path)
        {
            evidence.Add(_revocation.FindEvidence(certificate, issuer, anchor));
            var key = SignatureVerifier.InheritParameters(certificate.Tbs.SubjectPublicKeyInfo, issuer.PublicKey);
            issuer = new CertificateIssuer(certificate.Tbs.Subject, key, certificate);
        }

        return evidence;
    }

    /// <summary>Validates the certificate of a CRL's signer: to the same anchor, whatever its policies and purposes (RFC 5280 §6.3.3 (f)).</summary>
    internal PathResult ValidateCrlIssuer(Certificate certificate, TrustAnchor anchor) =>
        Validate(
            certificate,
            _parameters with
            {
                RequiredPurpose = null,
                InitialPolicies = null,
                InitialExplicitPolicy = false,
                InitialAnyPolicyInhibit = false,
                InitialPolicyMappingInhibit = false,
                TargetValidityApart = false,
            },
            anchor
        );

    private PathResult Validate(Certificate certificate, PathParameters parameters, TrustAnchor? anchor)
    {
        PathResult? best = null;
        foreach (var (from, path) in Candidates(certificate, parameters, anchor))
        {
            var result = Process(from, path, parameters);
            if (result.IsValid)
            {
                return result;
            }

            if (best is null || result.Problem!.Failure > best.Problem!.Failure)
            {
                best = result;
            }

            if (_signatureChecksLeft <= 0)
            {
                break;
            }
        }

        return best
            ?? new PathResult
            {
                Problem = new PathProblem(PathFailure.NoPath, "RFC 5280 §6.1", "no chain of names leads to a trust anchor"),
            };
    }

    /// <summary>Every chain of matching names up to an anchor, shortest first at each step; a key and name never twice in one chain.</summary>
    private IEnumerable<(TrustAnchor Anchor, List<Certificate> Path)> Candidates(
        Certificate target,
        PathParameters parameters,
        TrustAnchor? only
    )
    {
        var anchors = only is null ? parameters.TrustAnchors : [only];
        var open = new Stack<List<Certificate>>();
        open.Push([target]);
        var steps = 0;
        while (open.TryPop(out var chain))
        {
            // A bag of certificates that all name each other must not keep the search going.
            if (++steps > 2000)
            {
                yield break;
            }

            var top = chain[^1];
            foreach (var anchor in anchors.Where(a => NameMatcher.Matches(a.Name, top.Tbs.Issuer)))
            {
                yield return (anchor, Enumerable.Reverse(chain).ToList());
            }

            if (chain.Count >= parameters.MaxPathLength)
            {
                continue;
            }

            foreach (var issuer in _pool.FindBySubject(top.Tbs.Issuer).Reverse())
            {
                var repeated = chain.Exists(c =>
                    c.Tbs.SubjectPublicKeyInfo.Equals(issuer.Tbs.SubjectPublicKeyInfo)
                    && NameMatcher.Matches(c.Tbs.Subject, issuer.Tbs.Subject)
                );
                var isAnchor = anchors.Any(a =>
                    a.PublicKey.Equals(issuer.Tbs.SubjectPublicKeyInfo) && NameMatcher.Matches(a.Name, issuer.Tbs.Subject)
                );
                if (!repeated && !isAnchor)
                {
                    open.Push([.. chain, issuer]);
                }
            }
        }
    }

    private PathResult Process(TrustAnchor anchor, List<Certificate> path, PathParameters parameters)
    {
        var state = new PathState(anchor, path.Count, parameters);
        PathProblem? revocation = null;
        for (var i = 0; i < path.Count; i++)
        {
            if (--_signatureChecksLeft < 0)
            {
                var limit = new PathProblem(
                    PathFailure.NoPath,
                    "RFC 4158 §2.4.2",
                    "too many certificates name each other: the search was ended"
                );
                return new PathResult
                {
                    Problem = limit,
                    Anchor = anchor,
                    Path = path,
                };
            }

            var issuer = new CertificateIssuer(state.WorkingIssuerName, state.WorkingPublicKey, i == 0 ? null : path[i - 1]);
            if (state.Next(path[i]) is { } problem)
            {
                return new PathResult
                {
                    Problem = problem,
                    Anchor = anchor,
                    Path = path,
                };
            }

            if (parameters.CheckRevocation && revocation is null)
            {
                revocation = _revocation.Check(path[i], issuer, anchor, parameters.Time) is { } found
                    ? found with
                    {
                        Position = i + 1,
                    }
                    : null;
            }
        }

        return new PathResult
        {
            Problem = revocation,
            Anchor = anchor,
            Path = path,
            Policies = state.Policies,
            Revocation = [.. _revocation.Used],
        };
    }
}
