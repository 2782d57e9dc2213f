using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Validation.Conclusions;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>What updates did to a document after a signature, held against what the signature allows (ISO 32000-2 §12.8.2; docs/adr/0054).</summary>
internal static class PdfModifications
{
    private const int MaxListed = 5;
    private const string DocMdp = "ISO 32000-2 §12.8.2.2";
    private const string FieldMdp = "ISO 32000-2 §12.8.2.4";

    /// <summary>The report with the changes, and the violation if there is one.</summary>
    public static (PdfSignatureReport Report, Conclusion Conclusion) Judge(
        EmbeddedSignature signature,
        SignatureReader reader,
        ModificationLevel allowed
    )
    {
        var report = new PdfSignatureReport
        {
            FieldName = signature.FieldName,
            SubFilter = signature.SubFilter,
            Coverage = signature.Coverage,
            Revision = signature.Revision + 1,
            Certification = signature.Certification,
            Reason = signature.Reason,
            Location = signature.Location,
        };
        switch (signature.Coverage)
        {
            case SignatureCoverage.Unsound:
                var unsound = Conclusion.Failed(
                    SubIndication.FormatFailure,
                    FindingCode.ByteRangeUnsound,
                    "ISO 32000-2 §12.8.1",
                    signature.CoverageDefect!
                );
                return (report with { Modification = ModificationLevel.Other }, unsound);
            case SignatureCoverage.Partial:
                // What lies behind the covered bytes in the same revision can't be told apart from what was there when it was signed.
                return (
                    report with
                    {
                        Modification = ModificationLevel.Other,
                    },
                    Violated(FindingCode.PartOfRevisionCovered, DocMdp, signature.CoverageDefect!)
                );
            case SignatureCoverage.File:
                return (report, Conclusion.Passed);
            default:
                return Compare(signature, reader, allowed, report);
        }
    }

    private static (PdfSignatureReport Report, Conclusion Conclusion) Compare(
        EmbeddedSignature signature,
        SignatureReader reader,
        ModificationLevel allowed,
        PdfSignatureReport report
    )
    {
        List<RevisionChange> changes;
        try
        {
            changes = [.. reader.ChangesAfter(signature).OrderByDescending(c => c.Level)];
        }
        catch (Exception e) when (e is Pdf.MalformedException or PdfRefusedException)
        {
            var unreadable = Violated(FindingCode.ChangeNotAllowed, DocMdp, $"an update can't be read: {e.Message}");
            return (report with { Modification = ModificationLevel.Other }, unreadable);
        }

        var limit = signature.Certification switch
        {
            CertificationLevel.NoChanges => ModificationLevel.ValidationData,
            CertificationLevel.FormFilling => ModificationLevel.FormFilling,
            CertificationLevel.Annotating => ModificationLevel.Annotating,
            _ => allowed,
        };
        report = report with
        {
            Modification = changes.Count > 0 ? changes[0].Level : ModificationLevel.None,
            Changes = [.. changes.Take(PdfSignatureReport.MaxChanges)],
            ChangeCount = changes.Count,
        };
        var locked = changes.Where(c =>
            c.Field is { } field && c.Level > ModificationLevel.ValidationData && signature.Locks.Any(l => l.Locks(field))
        );
        List<Finding> violations =
        [
            .. changes.Where(c => c.Level > limit).Take(MaxListed).Select(c => Tell(FindingCode.ChangeNotAllowed, DocMdp, c)),
            .. locked.Take(MaxListed).Select(c => Tell(FindingCode.LockedFieldChanged, FieldMdp, c)),
        ];
        if (violations.Count > 0)
        {
            return (report, new Conclusion(Indication.Indeterminate, SubIndication.SigConstraintsFailure, violations));
        }

        return changes.Count == 0
            ? (report, Conclusion.Passed)
            : (
                report,
                Conclusion.Passed.With([
                    new Finding(FindingCode.ChangeAllowed, DocMdp, $"{changes.Count} changes, at most {changes[0].Level}"),
                ])
            );
    }

    private static Finding Tell(FindingCode code, string clause, RevisionChange change) =>
        new(code, clause, $"{change.Path}: {change.Description} ({change.Level})");

    private static Conclusion Violated(FindingCode code, string clause, string detail) =>
        Conclusion.Indeterminate(SubIndication.SigConstraintsFailure, code, clause, detail);
}
