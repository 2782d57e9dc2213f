using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;

namespace EContract.Validation.Processes;

/// <summary>The validation process for basic signatures (ETSI EN 319 102-1 §5.3), at the current time; for time-stamps, too (§5.4).</summary>
internal static class BasicSignatureValidation
{
    public static BasicConclusion Validate(ValidationContext context, SignatureObject signature, AnchorPurpose purpose)
    {
        var (certificate, identified) = SigningCertificateIdentification.Identify(signature, context.Collected);
        if (certificate is null)
        {
            return new BasicConclusion(identified, null, null);
        }

        // Whether the bytes are the signed ones is the first thing that people want to know, and no proof can change it: before the path.
        var verified = CryptographicVerification.Verify(signature, certificate);
        var path = CertificateValidation.Validate(context, certificate, purpose, context.Time);
        if (!verified.IsPassed)
        {
            return new BasicConclusion(verified, certificate, path);
        }

        var accepted = SignatureAcceptance.Validate(signature, certificate, context.Policy.Algorithms, context.Time);
        var worst = Conclusion.Worse(path.Conclusion, accepted);
        return new BasicConclusion(worst.With(identified.Findings), certificate, path);
    }
}
