using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Paths;
using EContract.Validation.Policies;

namespace EContract.Validation.Processes;

/// <summary>The past certificate validation (ETSI EN 319 102-1 §5.6.2.1): was there a time at which the certificate's path was valid, and until when?</summary>
internal static class PastCertificateValidation
{
    private const string Clause = "ETSI EN 319 102-1 §5.6.2.1";

    public static CertificateConclusion Validate(ValidationContext context, Certificate certificate, AnchorPurpose purpose)
    {
        // The path at a time when all its certificates ran; revocation and algorithms are the sliding's business.
        var parameters = CertificateValidation.ParametersFor(context, purpose, context.Time) with
        {
            AtAnyCommonTime = true,
            CheckRevocation = false,
            AlgorithmPolicy = null,
        };
        var validator = new PathValidator(context.Collected.Pool, parameters);
        var path = validator.Validate(certificate);
        if (path.Problem is { } problem)
        {
            var (reason, code) =
                problem.Failure == PathFailure.NoPath
                    ? (SubIndication.NoCertificateChainFound, FindingCode.NoTrustAnchor)
                    : (SubIndication.CertificateChainGeneralFailure, FindingCode.ChainInvalid);
            return new CertificateConclusion(Conclusion.Indeterminate(reason, code, Clause, problem.Detail), path);
        }

        var evidence = validator.FindEvidence(path.Anchor!, path.Path);
        var (conclusion, control, used) = ValidationTimeSliding.Slide(context, path.Path, path.Anchor!.PublicKey, evidence);
        return new CertificateConclusion(conclusion, path with { Revocation = used }) { ControlTime = control };
    }
}
