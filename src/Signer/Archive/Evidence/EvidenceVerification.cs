using EContract.Pki.Ers;
using EContract.Signer.Archive.Augmentation;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Verifies evidence records, own and foreign: every hash, and every time-stamp at the time when it had to be valid.</summary>
public sealed class EvidenceVerification(AnchorStore anchors, TimeProvider time)
{
    private readonly TokenTrust _trust = new(anchors);

    /// <param name="digestsOf">The document's digests by algorithm.</param>
    public EvidenceVerdict Verify(EvidenceRecord record, EvidenceVerifier.DigestsOf digestsOf)
    {
        var check = EvidenceVerifier.Verify(record, digestsOf);
        DateTimeOffset? renewBy = null;
        for (var i = 0; i < check.TimeStamps.Count; i++)
        {
            var stamp = check.TimeStamps[i];
            // §5.3: "valid relative to the time of the following Archive Timestamp", the last one now.
            var validAt = stamp.ValidAt ?? time.GetUtcNow();
            var read = StampedToken.TryRead(stamp.Token.Encoded);
            var problem =
                read is null ? "Its signature does not verify with its own certificate."
                : read.NotAfter < validAt ? "Its certificate ended before it was renewed."
                : _trust.ProblemOf(stamp.Token, read.Signer, validAt);
            if (problem is not null)
            {
                return new EvidenceVerdict(check, i, problem, null);
            }

            renewBy = read!.NotAfter;
        }

        return new EvidenceVerdict(check, null, null, check.IsIntact ? renewBy : null);
    }
}
