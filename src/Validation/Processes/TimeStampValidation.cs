using EContract.Pki;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;

namespace EContract.Validation.Processes;

/// <summary>
/// The time-stamp validation (ETSI EN 319 102-1 §5.4): what it is over, its signature, the authority's certificate; with proofs of its own
/// existence once its certificate no longer counts. A token that passes adds proofs for what it covers (§5.6.2.3).
/// </summary>
internal static class TimeStampValidation
{
    private const string Clause = "ETSI EN 319 102-1 §5.4";

    public static BasicConclusion Validate(ValidationContext context, TimeStampObject stamp)
    {
        SignatureObject signature;
        try
        {
            signature = FormatChecking.Read(
                stamp.Token.SignedData,
                stamp.Token.SignerInfo,
                ContentDigests.Of(stamp.Token.SignedData.Content!.Value)
            );
        }
        catch (MalformedException e)
        {
            return new BasicConclusion(FormatChecking.Failure(e), null, null);
        }

        if (!stamp.Imprint.IsPassed)
        {
            var signer = SigningCertificateIdentification.Identify(signature, context.Collected).Certificate;
            return new BasicConclusion(stamp.Imprint, signer, null);
        }

        var current = BasicSignatureValidation.Validate(context, signature, AnchorPurpose.TimeStamping);
        var conclusion = PastSignatureValidation.Validate(context, signature, current, AnchorPurpose.TimeStamping);
        if (conclusion.Conclusion.IsPassed && CheckImprintHash(stamp, signature, context) is { IsPassed: false } weak)
        {
            conclusion = conclusion with { Conclusion = weak };
        }

        if (conclusion.Conclusion.IsPassed && CheckWithinValidity(conclusion, stamp) is { IsPassed: false } outside)
        {
            conclusion = conclusion with { Conclusion = outside };
        }

        if (conclusion.Conclusion.IsPassed)
        {
            foreach (var item in stamp.Covered)
            {
                context.Proofs.Add(item, stamp.Proof);
            }
        }

        return conclusion;
    }

    /// <summary>The imprint's hash must have been reliable while the token is all that holds it to what it stamps.</summary>
    private static Conclusion CheckImprintHash(TimeStampObject stamp, SignatureObject signature, ValidationContext context)
    {
        var hash = HashAlgorithms.FromOid(stamp.Token.TstInfo.MessageImprint.HashAlgorithm.Oid)!.Value;
        return context.Policy.Algorithms.FindWeakness(hash, context.Proofs.EarliestOf(signature.Value).Time) is { } weakness
            ? Conclusion.Indeterminate(
                SubIndication.CryptoConstraintsFailureNoPoe,
                FindingCode.AlgorithmNotReliable,
                Clause,
                $"message imprint: {weakness}"
            )
            : Conclusion.Passed;
    }

    // A token that tells of a time at which its authority's certificate did not run was not made by it then.
    private static Conclusion CheckWithinValidity(BasicConclusion conclusion, TimeStampObject stamp) =>
        conclusion.Certificate!.Tbs.NotBefore <= stamp.Token.TstInfo.GenTime
        && stamp.Token.TstInfo.GenTime <= conclusion.Certificate.Tbs.NotAfter
            ? Conclusion.Passed
            : Conclusion.Indeterminate(
                SubIndication.OutOfBoundsNoPoe,
                FindingCode.CertificateNotYetValid,
                Clause,
                "genTime is outside the validity of the authority's certificate"
            );
}
