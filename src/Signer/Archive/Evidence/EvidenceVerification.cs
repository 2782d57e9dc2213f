using EContract.Pki.Ers;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Verifies evidence records, own and foreign: every hash, and every time-stamp with its own certificate.</summary>
public sealed class EvidenceVerification(TimeProvider time)
{
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
            if (StampedToken.TryRead(stamp.Token.Encoded) is not { } read || read.NotAfter < validAt)
            {
                return new EvidenceVerdict(check, i, null);
            }

            renewBy = read.NotAfter;
        }

        return new EvidenceVerdict(check, null, check.IsIntact ? renewBy : null);
    }
}
