using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;

namespace EContract.Validation.Processes;

/// <summary>
/// The past signature validation (ETSI EN 319 102-1 §5.6.2.4): a signature that can't be shown valid now is so if it is proven to have existed
/// while its certificate and algorithms were good.
/// </summary>
internal static class PastSignatureValidation
{
    private const string Clause = "ETSI EN 319 102-1 §5.6.2.4";

    /// <param name="current">What the validation at the current time concluded.</param>
    public static BasicConclusion Validate(
        ValidationContext context,
        SignatureObject signature,
        BasicConclusion current,
        AnchorPurpose purpose
    )
    {
        if (!current.Conclusion.AwaitsProof || current.Certificate is not { } certificate)
        {
            return current;
        }

        var past = PastCertificateValidation.Validate(context, certificate, purpose);
        if (!past.Conclusion.IsPassed)
        {
            // The current conclusion stays; why the past doesn't help is told with it.
            return current with { Conclusion = current.Conclusion.With(past.Conclusion.Findings) };
        }

        var proof = context.Proofs.EarliestOf(signature.Value);
        if (proof.Time > past.ControlTime)
        {
            return Unproven(
                current,
                $"the signature is proven to have existed at {proof.Time:u}, its certificate valid until {past.ControlTime:u}"
            );
        }

        if (proof.Time < certificate.Tbs.NotBefore)
        {
            var early = Conclusion.Failed(
                SubIndication.NotYetValid,
                FindingCode.CertificateNotYetValid,
                Clause,
                $"the signature existed at {proof.Time:u}, before its certificate was valid"
            );
            return current with { Conclusion = early };
        }

        if (!past.WasWithinValidity(proof.Time))
        {
            return Unproven(current, $"the signature is proven to have existed at {proof.Time:u}, after a certificate of its path expired");
        }

        // The algorithms of the signature itself, whatever else was wrong now.
        var accepted = SignatureAcceptance.Validate(signature, certificate, context.Policy.Algorithms, proof.Time);
        if (!accepted.IsPassed)
        {
            return current with { Conclusion = accepted };
        }

        var proven = new Finding(FindingCode.ProvenByTimeStamp, Clause, $"existed at {proof.Time:u} ({proof.Origin})");
        return current with { Conclusion = Conclusion.Passed.With([proven]), Path = past };
    }

    private static BasicConclusion Unproven(BasicConclusion current, string detail) =>
        current with
        {
            Conclusion = current.Conclusion.With([new Finding(FindingCode.NoProofOfExistence, Clause, detail)]),
        };
}
