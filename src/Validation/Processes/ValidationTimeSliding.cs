using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;
using EContract.Validation.Revocation;

namespace EContract.Validation.Processes;

/// <summary>
/// The validation time sliding process (ETSI EN 319 102-1 §5.6.2.2): from the anchor down, how late a time the revocation data still speak
/// for, given when they are proven to have existed.
/// </summary>
internal static class ValidationTimeSliding
{
    private const string Clause = "ETSI EN 319 102-1 §5.6.2.2";

    /// <param name="evidence">All revocation data on each certificate of the path, in its order.</param>
    public static (Conclusion Conclusion, DateTimeOffset ControlTime, IReadOnlyList<RevocationEvidence> Used) Slide(
        ValidationContext context,
        IReadOnlyList<Certificate> path,
        SubjectPublicKeyInfo anchorKey,
        IReadOnlyList<IReadOnlyList<RevocationEvidence>> evidence
    )
    {
        var control = context.Time;
        var used = new List<RevocationEvidence>();
        var issuerKey = anchorKey;
        for (var i = 0; i < path.Count; i++)
        {
            var certificate = path[i];
            if (context.Policy.Revocation.Required)
            {
                if (Choose(context, evidence[i], certificate, control) is not { } chosen)
                {
                    var missing = Conclusion.Indeterminate(
                        SubIndication.NoPoe,
                        FindingCode.NoProofOfExistence,
                        Clause,
                        $"{certificate.Tbs.Subject}: no revocation data are proven to have existed at {control:u}"
                    );
                    return (missing, control, used);
                }

                used.Add(chosen);
                control = Earlier(control, LastSpokenFor(chosen, context.Policy.Revocation));
                // Step 2 d): a forger could have made the data once the algorithm was broken.
                control = BeforeSunset(control, context.Policy.Algorithms.SunsetOf(chosen.SignatureAlgorithm, chosen.SignerKey));
            }

            control = BeforeSunset(control, context.Policy.Algorithms.SunsetOf(certificate.Signed.SignatureAlgorithm, issuerKey));
            issuerKey = certificate.Tbs.SubjectPublicKeyInfo;
        }

        return (Conclusion.Passed, control, used);
    }

    /// <summary>Step 2 a): the newest data that, like the certificate, existed at the control time and tell of the certificate.</summary>
    private static RevocationEvidence? Choose(
        ValidationContext context,
        IReadOnlyList<RevocationEvidence> evidence,
        Certificate certificate,
        DateTimeOffset control
    ) =>
        !context.Proofs.ExistedAt(certificate.Encoded, control)
            ? null
            : evidence
                .Where(e => e.IssuedAt <= control && context.Proofs.ExistedAt(e.Encoded, control) && e.SpeaksOfSubject)
                // A revocation is never undone by what was said before it, and an older answer must not hide it.
                .OrderByDescending(e => e.RevokedAt is not null && !e.IsHold)
                .ThenByDescending(e => LastSpokenFor(e, context.Policy.Revocation))
                .FirstOrDefault();

    /// <summary>Steps 2 b) and c): revocation ends the time at once; otherwise the data speak as long as the policy lets them (docs/adr/0080).</summary>
    private static DateTimeOffset LastSpokenFor(RevocationEvidence evidence, RevocationConstraints constraints) =>
        // What exists at the very instant of the revocation is not older than it.
        evidence.RevokedAt?.AddTicks(-1)
        ?? (
            constraints.PastStatus == PastStatus.AtIssuance
                ? evidence.IssuedAt
                : constraints.FreshUntil(evidence.IssuedAt, evidence.NextUpdate)
        );

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private static DateTimeOffset BeforeSunset(DateTimeOffset control, DateTimeOffset? sunset) =>
        sunset is { } end && end <= control ? (end == DateTimeOffset.MinValue ? end : end.AddTicks(-1)) : control;
}
