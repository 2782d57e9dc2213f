using EContract.Pki;
using EContract.Pki.Ers;
using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Collection;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;
using EContract.Validation.Processes;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>
/// Evidence records over a whole document (RFC 4998): their time-stamps are judged from the newest down, and the oldest that holds proves that
/// everything in the document existed.
/// </summary>
/// <param name="records">Each an EvidenceRecord in DER.</param>
/// <param name="document">Digests of the document's file.</param>
internal sealed class EvidenceRecords(IReadOnlyList<ReadOnlyMemory<byte>> records, ContentDigests document)
{
    private const string Clause = "RFC 4998 §5.3";

    // Once: each check walks a hash tree, and may read the whole document for its digest.
    private readonly Lazy<IReadOnlyList<(EvidenceCheck? Check, Conclusion? Malformed)>> _checks = new(() => [.. Check(records, document)]);

    public IEnumerable<(Certificate Certificate, AnchorPurpose Purpose)> Collect(ValidationContext context)
    {
        foreach (var stamp in _checks.Value.SelectMany(c => c.Check?.TimeStamps ?? []))
        {
            CmsMaterial.Of(stamp.Token.SignedData).AddTo(context.Collected);
            if (Signers.Of(stamp.Token, context) is { } authority)
            {
                yield return (authority, AnchorPurpose.TimeStamping);
            }
        }
    }

    /// <param name="objects">What proofs of existence of the document are about.</param>
    public IReadOnlyList<SignatureReport> Judge(ValidationContext context, IReadOnlyList<ReadOnlyMemory<byte>> objects)
    {
        var reports = new List<SignatureReport>();
        foreach (var (index, (check, malformed)) in _checks.Value.Index())
        {
            var id = $"evidence-record-{index + 1}";
            if (check is not { IsIntact: true })
            {
                reports.Add(Broken(id, malformed ?? Conclude(check!), context));
                continue;
            }

            // A link covers the token before it, the first one the document.
            List<ReadOnlyMemory<byte>> covered = [.. objects];
            var stamps = new Stack<TimeStampObject>();
            foreach (var (position, stamp) in check.TimeStamps.Index())
            {
                stamps.Push(new TimeStampObject($"{id}/time-stamp-{position + 1}", stamp.Token, Conclusion.Passed, [.. covered]));
                covered.AddRange(CmsMaterial.Of(stamp.Token.SignedData).Objects);
            }

            var judge = new SignatureJudge(context);
            reports.AddRange(stamps.Select(stamp => judge.Judge(stamp, SignatureRole.EvidenceRecord)));
        }

        return reports;
    }

    private static IEnumerable<(EvidenceCheck? Check, Conclusion? Malformed)> Check(
        IReadOnlyList<ReadOnlyMemory<byte>> records,
        ContentDigests document
    )
    {
        foreach (var encoded in records)
        {
            EvidenceRecord record;
            Conclusion? malformed = null;
            try
            {
                record = EvidenceRecord.Decode(encoded);
            }
            catch (MalformedException e)
            {
                malformed = FormatChecking.Failure(e);
                record = null!;
            }

            yield return malformed is not null
                ? (null, malformed)
                : (EvidenceVerifier.Verify(record, hash => document.Compute(hash) is { } digest ? [digest] : null), null);
        }
    }

    private static Conclusion Conclude(EvidenceCheck check) =>
        check.Problem switch
        {
            EvidenceProblem.DigestNeeded or EvidenceProblem.AlgorithmUnknown => Conclusion.Indeterminate(
                SubIndication.CryptoConstraintsFailure,
                FindingCode.AlgorithmUnknown,
                Clause,
                $"a digest of the document can't be computed: {check.Problem}"
            ),
            _ => Conclusion.Failed(
                SubIndication.HashFailure,
                FindingCode.EvidenceRecordInvalid,
                Clause,
                $"{check.Problem} in archive time-stamp {check.Position + 1} of chain {check.Chain + 1}"
            ),
        };

    private static SignatureReport Broken(string id, Conclusion conclusion, ValidationContext context) =>
        new()
        {
            Id = id,
            Role = SignatureRole.EvidenceRecord,
            Conclusion = conclusion,
            Proof = context.Proofs.Now,
        };
}
