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
        var path = new PathValidator(context.Collected.Pool, ParametersFor(context, purpose, time)).Validate(certificate);
        var conclusion = path.Problem is { } problem ? Conclude(problem, path) : CheckEvidence(path, context.Policy.Algorithms, time);
        return new CertificateConclusion(conclusion, path);
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

    /// <summary>§5.2.6.4 step 4: what tells the status must itself be signed with reliable algorithms.</summary>
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
