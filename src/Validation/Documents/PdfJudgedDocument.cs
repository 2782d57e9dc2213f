using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;
using EContract.Validation.Processes;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>A PDF with its signatures, document time-stamps and security store (ETSI EN 319 142-1).</summary>
internal sealed class PdfJudgedDocument : IJudgedDocument
{
    private readonly PdfDocument _document;
    private readonly SignatureReader _reader;
    private readonly List<PdfEntry> _entries;

    /// <exception cref="MalformedException">The document is no readable PDF.</exception>
    /// <exception cref="PdfRefusedException">It is damaged or beyond the limits.</exception>
    public PdfJudgedDocument(PdfDocument document)
    {
        _document = document;
        _reader = new SignatureReader(document);
        var (signatures, stamps, removed) = (0, 0, 0);
        _entries =
        [
            .. _reader.Signatures.Select(embedded =>
                PdfEntry.Read(embedded, _reader) with
                {
                    Id = embedded.IsTimeStamp ? $"document-time-stamp-{++stamps}" : $"signature-{++signatures}",
                }
            ),
            .. _reader
                .FindRemoved()
                .Select(embedded => PdfEntry.Read(embedded, _reader) with { Id = $"removed-signature-{++removed}", IsRemoved = true }),
        ];
    }

    public IEnumerable<(Certificate Certificate, AnchorPurpose Purpose)> Collect(ValidationContext context)
    {
        var store = SecurityStore.Read(_document);
        context.Collected.TryAddAll(store.Certificates, store.RevocationLists, store.OcspResponses);
        foreach (var entry in _entries)
        {
            entry.Material?.AddTo(context.Collected);
        }

        foreach (var entry in _entries)
        {
            if (entry.Token is { } token && Signers.Of(token, context) is { } authority)
            {
                yield return (authority, AnchorPurpose.TimeStamping);
            }

            foreach (var signer in entry.Signature is { } signature ? Signers.Of(signature, context) : [])
            {
                yield return signer;
            }
        }
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Objects
    {
        get
        {
            var store = SecurityStore.Read(_document);
            return
            [
                .. _entries.SelectMany(e => e.Material?.Objects ?? []),
                .. store.Certificates,
                .. store.OcspResponses,
                .. store.RevocationLists,
            ];
        }
    }

    public ValidationReport Judge(ValidationContext context, ValidationReport frame)
    {
        var judge = new SignatureJudge(context);
        var reports = new Dictionary<PdfEntry, SignatureReport>();
        var stamps = new Dictionary<PdfEntry, IReadOnlyList<SignatureReport>>();
        // From the newest down: each time-stamp proves what the next one needs (ETSI EN 319 102-1 §5.6.3.4).
        foreach (var entry in _entries.OrderByDescending(e => e.End))
        {
            if (entry.Embedded.IsTimeStamp)
            {
                reports[entry] = JudgeTimeStamp(entry, judge, context);
            }
            else if (entry.SoundSignature is { } signature)
            {
                stamps[entry] = judge.JudgeTimeStamps(entry.Id, signature);
                AddProofs(entry, signature, stamps[entry], judge, context);
            }
        }

        foreach (var entry in _entries.Where(e => !e.Embedded.IsTimeStamp).OrderBy(e => e.End))
        {
            reports[entry] = entry.SoundSignature is { } signature
                ? judge.Judge(entry.Id, signature, stamps[entry], LatestInside(entry, reports), entry.Embedded.Time)
                : Unreadable(entry, SignatureRole.Signature, context);
        }

        List<SignatureReport> all = [.. _entries.Select(entry => WithModifications(entry, reports[entry], context))];
        var findings = FindDuplicates();
        return frame with
        {
            Signatures = all,
            Revisions = _reader.Revisions.Count,
            DocumentFindings = findings,
            Conclusion = Overall.Of(all, findings),
        };
    }

    private List<Finding> FindDuplicates()
    {
        try
        {
            return
            [
                .. _reader
                    .FindDuplicates()
                    .Select(duplicate => new Finding(
                        FindingCode.DuplicateObject,
                        "ISO 32000-2 §7.5.4",
                        $"object {duplicate.Number} of revision {duplicate.Revision + 1} has another body at offset {duplicate.Offset}"
                    )),
            ];
        }
        catch (Exception e) when (e is MalformedException or PdfRefusedException)
        {
            return [new Finding(FindingCode.Malformed, "ISO 32000-2 §7.5", $"an earlier revision can't be read: {e.Message}")];
        }
    }

    private SignatureReport JudgeTimeStamp(PdfEntry entry, SignatureJudge judge, ValidationContext context)
    {
        if (entry.Token is not { } token || entry.Embedded.Coverage == SignatureCoverage.Unsound)
        {
            return Unreadable(entry, SignatureRole.DocumentTimeStamp, context);
        }

        return judge.Judge(
            new TimeStampObject(entry.Id, token, ImprintCheck.Of(token, entry.Covered), [.. ObjectsIn(entry)]),
            SignatureRole.DocumentTimeStamp
        );
    }

    /// <summary>
    /// A signature's time-stamp proves what the signature covers, too: earlier signatures and the store (§5.6.2.3.4 step 4: by the digest that
    /// was signed). Only of a signature that holds: whoever gets a certificate for a key of his choice can make one that fits a value
    /// stamped long before, over content of today.
    /// </summary>
    private void AddProofs(
        PdfEntry entry,
        SignatureObject signature,
        IReadOnlyList<SignatureReport> stamps,
        SignatureJudge judge,
        ValidationContext context
    )
    {
        var proof = context.Proofs.EarliestOf(signature.Value);
        if (
            proof == context.Proofs.Now
            // What a digest stands for is open to choice once its hash is broken.
            || Pki.HashAlgorithms.FromOid(signature.Signer.DigestAlgorithm.Oid) is not { } hash
            || context.Policy.Algorithms.FindWeakness(hash, context.Time) is not null
            || !_entries.Exists(other => other.End < entry.End)
            || !judge.Judge(entry.Id, signature, stamps, notBefore: null, entry.Embedded.Time).Conclusion.IsPassed
        )
        {
            return;
        }

        foreach (var item in ObjectsIn(entry))
        {
            context.Proofs.Add(item, proof);
        }
    }

    /// <summary>What the bytes hold that a signature or time-stamp covers.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> ObjectsIn(PdfEntry entry) =>
        [.. _entries.Where(other => other.End < entry.End).SelectMany(other => other.Material?.Objects ?? []), .. StoreAt(entry)];

    /// <summary>The time of the youngest valid time-stamp that lies within the bytes that were signed: the signature is younger still.</summary>
    private static DateTimeOffset? LatestInside(PdfEntry entry, Dictionary<PdfEntry, SignatureReport> judged) =>
        judged
            .Where(other => other.Key.End < entry.End)
            .SelectMany(other => other.Value.TimeStamps.Prepend(other.Value))
            .Where(report =>
                report is { Conclusion.IsPassed: true, Role: SignatureRole.DocumentTimeStamp or SignatureRole.SignatureTimeStamp }
            )
            .Max(report => report.ClaimedTime);

    private SignatureReport WithModifications(PdfEntry entry, SignatureReport report, ValidationContext context)
    {
        var (pdf, modifications) = PdfModifications.Judge(entry.Embedded, _reader, context.Policy.AllowedModification);
        if (entry.IsRemoved)
        {
            modifications = Conclusion.Worse(
                Conclusion.Indeterminate(
                    SubIndication.SigConstraintsFailure,
                    FindingCode.SignatureRemoved,
                    "ISO 32000-2 §12.8.2.2",
                    $"field {entry.Embedded.FieldName} was signed and is so no more"
                ),
                modifications
            );
        }

        var conclusion = report.Conclusion.IsPassed
            ? modifications.With(report.Conclusion.Findings)
            : report.Conclusion.With(modifications.Findings.Except(report.Conclusion.Findings));
        return report with { Pdf = pdf, Conclusion = conclusion };
    }

    private static SignatureReport Unreadable(PdfEntry entry, SignatureRole role, ValidationContext context) =>
        new()
        {
            Id = entry.Id,
            Role = role,
            Conclusion = entry.Format.IsPassed
                ? Conclusion.Failed(
                    SubIndication.FormatFailure,
                    FindingCode.ByteRangeUnsound,
                    "ISO 32000-2 §12.8.1",
                    entry.Embedded.CoverageDefect!
                )
                : entry.Format,
            ClaimedTime = entry.Embedded.Time,
            Proof = context.Proofs.Now,
        };

    /// <summary>What the security store held in the revision that a time-stamp covers.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> StoreAt(PdfEntry stamp)
    {
        if (stamp.Embedded.Revision is not { } revision)
        {
            return [];
        }

        try
        {
            var store = SecurityStore.Read(_reader.Open(_reader.Revisions[revision]));
            return [.. store.Certificates, .. store.OcspResponses, .. store.RevocationLists];
        }
        catch (Exception e) when (e is MalformedException or PdfRefusedException)
        {
            return []; // then it proves nothing about the store
        }
    }
}
