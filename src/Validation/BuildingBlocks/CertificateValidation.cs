using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Paths;
using EContract.Validation.Policies;

namespace EContract.Validation.BuildingBlocks;

/// <summary>The X.509 certificate validation (ETSI EN 319 102-1 §5.2.6): RFC 5280 §6 at a time, its failures in the terms of the standard.</summary>
internal static class CertificateValidation
{
    private const string Clause = "ETSI EN 319 102-1 §5.2.6";

    public static CertificateConclusion Validate(
        ValidationContext context,
        Certificate certificate,
        AnchorPurpose purpose,
        DateTimeOffset time
    )
    {
        var parameters = ParametersFor(context, purpose, time) with { TargetValidityApart = true };
        var path = new PathValidator(context.Collected.Pool, parameters).Validate(certificate);
        var conclusion = path.Problem is { } problem ? Conclude(problem, path) : CheckEvidence(path, context.Policy.Algorithms, time);
        return new CertificateConclusion(CheckValidity(context, certificate, time, conclusion, path), path);
    }

    public static PathParameters ParametersFor(ValidationContext context, AnchorPurpose purpose, DateTimeOffset time)
    {
        var policy = context.Policy;
        // A time-stamp authority's policies are its own affair.
        var paths = purpose == AnchorPurpose.TimeStamping ? new PathConstraints() : policy.Paths;
        return new PathParameters
        {
            Time = time,
            TrustAnchors = policy.AnchorsFor(purpose),
            InitialPolicies = paths.AcceptablePolicies,
            InitialExplicitPolicy = paths.RequireExplicitPolicy,
            InitialPolicyMappingInhibit = paths.InhibitPolicyMapping,
            InitialAnyPolicyInhibit = paths.InhibitAnyPolicy,
            CheckRevocation = policy.Revocation.Required,
            Revocation = policy.Revocation,
            RequiredPurpose = purpose == AnchorPurpose.TimeStamping ? Oids.TimeStampingEku : null,
            AlgorithmPolicy = policy.Algorithms.FindWeakness,
        };
    }

    private static Conclusion Conclude(PathProblem problem, PathResult path)
    {
        var ofSigner = problem.Position == path.Path.Count;
        var (reason, code) = problem.Failure switch
        {
            PathFailure.NoPath => (SubIndication.NoCertificateChainFound, FindingCode.NoTrustAnchor),
            PathFailure.AlgorithmRefused => (SubIndication.CryptoConstraintsFailureNoPoe, FindingCode.AlgorithmNotReliable),
            PathFailure.Policy => (SubIndication.ChainConstraintsFailure, FindingCode.ChainConstraint),
            PathFailure.NotAuthorised when ofSigner => (SubIndication.ChainConstraintsFailure, FindingCode.ChainConstraint),
            PathFailure.Expired => (SubIndication.OutOfBoundsNoPoe, FindingCode.CertificateExpired),
            PathFailure.NotYetValid => (SubIndication.OutOfBoundsNoPoe, FindingCode.CertificateNotYetValid),
            PathFailure.Revoked when problem.IsHold => (SubIndication.TryLater, FindingCode.CertificateOnHold),
            PathFailure.Revoked when ofSigner => (SubIndication.RevokedNoPoe, FindingCode.CertificateRevoked),
            PathFailure.Revoked => (SubIndication.RevokedCaNoPoe, FindingCode.AuthorityRevoked),
            PathFailure.NoRevocationInformation => (SubIndication.TryLater, FindingCode.NoRevocationInformation),
            PathFailure.StaleRevocationInformation => (SubIndication.TryLater, FindingCode.StaleRevocationInformation),
            _ => (SubIndication.CertificateChainGeneralFailure, FindingCode.ChainInvalid),
        };
        var about = problem.Position > 0 && problem.Position <= path.Path.Count ? $"{path.Path[problem.Position - 1].Tbs.Subject}: " : "";
        return Conclusion.Indeterminate(reason, code, problem.Clause, about + problem.Detail);
    }

    /// <summary>§5.2.6.4 step 7: out of its validity, a certificate can still be known not to be revoked.</summary>
    /// <param name="conclusion">What the path is worth but for the certificate's own validity.</param>
    private static Conclusion CheckValidity(
        ValidationContext context,
        Certificate certificate,
        DateTimeOffset time,
        Conclusion conclusion,
        PathResult path
    )
    {
        var (notBefore, notAfter) = (certificate.Tbs.NotBefore, certificate.Tbs.NotAfter);
        if (notBefore <= time && time <= notAfter)
        {
            return conclusion;
        }

        // Step 4 a) would say TRY_LATER, but what a CA forgot of an expired certificate it won't tell later either (docs/adr/0120).
        var unknown = path.Problem?.Failure is PathFailure.NoRevocationInformation or PathFailure.StaleRevocationInformation;
        if (!conclusion.IsPassed && !unknown)
        {
            return conclusion;
        }

        var (code, detail) =
            time < notBefore
                ? (FindingCode.CertificateNotYetValid, $"valid from {notBefore:u}")
                : (FindingCode.CertificateExpired, $"valid until {notAfter:u}");
        return Conclusion
            .Indeterminate(
                unknown || !context.Policy.Revocation.Required ? SubIndication.OutOfBoundsNoPoe : SubIndication.OutOfBoundsNotRevoked,
                code,
                "ETSI EN 319 102-1 §5.2.6.4",
                $"{certificate.Tbs.Subject}: {detail}"
            )
            .With(conclusion.Findings);
    }

    /// <summary>§5.2.6.4 step 6: what tells the status must itself be signed with reliable algorithms.</summary>
    private static Conclusion CheckEvidence(PathResult path, AlgorithmConstraints algorithms, DateTimeOffset time) =>
        path.Revocation.Select(e => algorithms.FindWeakness(e.SignatureAlgorithm, e.SignerKey, time)).FirstOrDefault(w => w is not null)
            is { } weakness
            ? Conclusion.Indeterminate(
                SubIndication.CryptoConstraintsFailureNoPoe,
                FindingCode.AlgorithmNotReliable,
                Clause,
                $"revocation data: {weakness}"
            )
            : Conclusion.Passed;
}
