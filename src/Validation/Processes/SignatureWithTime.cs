using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;

namespace EContract.Validation.Processes;

/// <summary>
/// The processes for signatures with time and for long-term availability (ETSI EN 319 102-1 §5.5, §5.6.3), once the time-stamps around the
/// signature have been judged and their proofs of existence gathered.
/// </summary>
internal static class SignatureWithTime
{
    private const string Clause = "ETSI EN 319 102-1 §5.5.4";

    /// <param name="notBefore">A valid time-stamp inside what is signed: the signature was made after it. Null if there is none.</param>
    /// <param name="claimed">The signing time that the signer claims.</param>
    public static BasicConclusion Validate(
        ValidationContext context,
        SignatureObject signature,
        DateTimeOffset? notBefore,
        DateTimeOffset? claimed
    )
    {
        var basic = BasicSignatureValidation.Validate(context, signature, AnchorPurpose.Signing);
        if (CheckMadeTooLate(basic, notBefore) is { } failed)
        {
            return basic with { Conclusion = failed };
        }

        var proof = context.Proofs.EarliestOf(signature.Value);
        if (
            basic.Conclusion.SubIndication is SubIndication.RevokedNoPoe or SubIndication.RevokedCaNoPoe
            && basic.Path!.RevokedAt > proof.Time
            && basic.Path.WasWithinValidity(proof.Time)
        )
        {
            // Step 4 a): the signature is older than the revocation.
            var older = new Finding(
                FindingCode.ProvenByTimeStamp,
                Clause,
                $"existed at {proof.Time:u} ({proof.Origin}), before the revocation"
            );
            basic = basic with { Conclusion = Conclusion.Passed.With([.. basic.Conclusion.Findings, older]) };
        }
        else if (basic.Conclusion.SubIndication == SubIndication.OutOfBoundsNotRevoked && basic.Path!.WasWithinValidity(proof.Time))
        {
            // Step 4 d): the certificate has expired, but never was revoked, and the signature is older than its end.
            var older = new Finding(
                FindingCode.ProvenByTimeStamp,
                Clause,
                $"existed at {proof.Time:u} ({proof.Origin}), before the certificate's end"
            );
            basic = basic with { Conclusion = Conclusion.Passed.With([.. basic.Conclusion.Findings, older]) };
        }

        if (basic.Conclusion.IsPassed && basic.Certificate is { } certificate && proof.Time < certificate.Tbs.NotBefore)
        {
            // Steps 4 a), b) and d): who signed before his certificate was issued did not sign with it.
            var early = Conclusion.Failed(
                SubIndication.NotYetValid,
                FindingCode.CertificateNotYetValid,
                Clause,
                $"the signature existed at {proof.Time:u}, before its certificate was valid"
            );
            return basic with { Conclusion = early };
        }

        var judged = PastSignatureValidation.Validate(context, signature, basic, AnchorPurpose.Signing);
        return judged.Conclusion.IsPassed && CheckConstraints(context, proof.Time, proof != context.Proofs.Now, claimed) is { } violated
            ? judged with
            {
                Conclusion = violated,
            }
            : judged;
    }

    /// <summary>§5.3.4: what was signed holds a time-stamp that is younger than the end of the certificate.</summary>
    private static Conclusion? CheckMadeTooLate(BasicConclusion basic, DateTimeOffset? notBefore)
    {
        if (notBefore is not { } made || basic.Path is not { } path || basic.Certificate is not { } certificate)
        {
            return null;
        }

        return basic.Conclusion.SubIndication switch
        {
            SubIndication.RevokedNoPoe or SubIndication.RevokedCaNoPoe when path.RevokedAt <= made => Conclusion.Failed(
                SubIndication.Revoked,
                FindingCode.CertificateRevoked,
                "ETSI EN 319 102-1 §5.3.4",
                $"revoked at {path.RevokedAt:u}; the signature was made after {made:u}"
            ),
            SubIndication.OutOfBoundsNoPoe or SubIndication.OutOfBoundsNotRevoked when certificate.Tbs.NotAfter < made => Conclusion.Failed(
                SubIndication.Expired,
                FindingCode.CertificateExpired,
                "ETSI EN 319 102-1 §5.3.4",
                $"valid until {certificate.Tbs.NotAfter:u}; the signature was made after {made:u}"
            ),
            _ => null,
        };
    }

    private static Conclusion? CheckConstraints(ValidationContext context, DateTimeOffset best, bool proven, DateTimeOffset? claimed)
    {
        if (context.Policy.RequireTimeStamp && !proven)
        {
            return Violated(FindingCode.TimeStampMissing, "the policy wants a valid time-stamp, and there is none");
        }

        return context.Policy.MaximumTimeStampDelay is { } delay && proven && claimed is { } time && best > time + delay
            ? Violated(FindingCode.TimeStampDelay, $"signed at {time:u} as claimed, stamped at {best:u}: later than the policy allows")
            : null;
    }

    private static Conclusion Violated(FindingCode code, string detail) =>
        Conclusion.Indeterminate(SubIndication.SigConstraintsFailure, code, Clause, detail);
}
