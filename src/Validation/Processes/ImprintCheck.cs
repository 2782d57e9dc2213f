using EContract.Pki;
using EContract.Pki.Cms.Archive;
using EContract.Pki.Tsp;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;

namespace EContract.Validation.Processes;

/// <summary>Whether a token's message imprint is of what it is found with (ETSI EN 319 102-1 §5.4.4, RFC 3161 §2.4.2).</summary>
internal static class ImprintCheck
{
    private const string Clause = "ETSI EN 319 102-1 §5.4";

    /// <param name="stamped">Digests of what the token must be over; null if that is not at hand.</param>
    public static Conclusion Of(TimeStampToken token, ContentDigests? stamped)
    {
        var imprint = token.TstInfo.MessageImprint;
        if (HashAlgorithms.FromOid(imprint.HashAlgorithm.Oid) is not { } hash || !HashAlgorithms.IsSupported(hash))
        {
            return Unknown(imprint);
        }

        if (stamped?.Compute(hash) is not { } digest)
        {
            return Conclusion.Indeterminate(
                SubIndication.SignedDataNotFound,
                FindingCode.SignedDataMissing,
                Clause,
                "what the token stamps was not given"
            );
        }

        return imprint.HashedMessage.Span.SequenceEqual(digest.Span) ? Conclusion.Passed : Mismatch("it is over something else");
    }

    /// <summary>An archive-time-stamp-v3 is over what its hash index names.</summary>
    public static Conclusion Of(ArchiveTimestampCheck check) =>
        check.Problem switch
        {
            ArchiveTimestampProblem.None => Conclusion.Passed,
            ArchiveTimestampProblem.HashAlgorithmUnknown => Unknown(check.Token!.TstInfo.MessageImprint),
            ArchiveTimestampProblem.ContentDigestNeeded => Conclusion.Indeterminate(
                SubIndication.SignedDataNotFound,
                FindingCode.SignedDataMissing,
                Clause,
                "what the token stamps was not given"
            ),
            var problem => Mismatch(problem.ToString()),
        };

    private static Conclusion Unknown(MessageImprint imprint) =>
        Conclusion.Indeterminate(
            SubIndication.CryptoConstraintsFailure,
            FindingCode.AlgorithmUnknown,
            Clause,
            $"hash algorithm {imprint.HashAlgorithm.Oid} of the message imprint is not known"
        );

    private static Conclusion Mismatch(string detail) =>
        Conclusion.Failed(
            SubIndication.HashFailure,
            FindingCode.TimeStampMismatch,
            Clause,
            $"the message imprint does not match: {detail}"
        );
}
