using System.Globalization;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Conclusions;

namespace EContract.Validation.Reports.People;

/// <summary>What a report tells people: what, who, when, why. Text and HTML lay out the same outline.</summary>
internal sealed class ReportOutline(ReportLanguage language)
{
    public ReportSection Of(ValidationReport report)
    {
        List<(string, string)> lines =
        [
            (Word(ReportWord.Name), report.Name ?? Word(ReportWord.Unknown)),
            (Word(ReportWord.Verdict), Verdict(report.Conclusion)),
            .. Reasons(report.Conclusion),
            (Word(ReportWord.ValidationTime), Time(report.ValidationTime)),
            (Word(ReportWord.Policy), report.Policy),
        ];
        if (report.Revisions > 0)
        {
            lines.Add((Word(ReportWord.Revisions), report.Revisions.ToString(CultureInfo.InvariantCulture)));
        }

        lines.AddRange(report.DocumentFindings.Select(finding => (Word(ReportWord.DocumentFindings), Tell(finding))));
        List<ReportSection> parts = [.. report.Signatures.Select(Of)];
        if (report.Certificate is { } certificate)
        {
            parts.Add(Of(certificate, report.Conclusion));
        }

        return new ReportSection(Word(ReportWord.Title), report.Conclusion.Indication, lines, parts);
    }

    private ReportSection Of(SignatureReport report)
    {
        List<(string, string)> lines =
        [
            (Word(ReportWord.Verdict), Verdict(report.Conclusion)),
            .. Reasons(report.Conclusion),
            (Word(report.IsTimeStamp ? ReportWord.Authority : ReportWord.Signer), Who(report.SigningCertificate)),
        ];
        if (report.TrustAnchor is { } anchor)
        {
            lines.Add((Word(ReportWord.TrustAnchor), Who(anchor)));
        }

        if (report.ClaimedTime is { } claimed)
        {
            lines.Add((Word(report.IsTimeStamp ? ReportWord.StampedTime : ReportWord.ClaimedTime), Time(claimed)));
        }

        if (!report.IsTimeStamp)
        {
            lines.Add((Word(ReportWord.ProvenTime), $"{Time(report.Proof.Time)} ({report.Proof.Origin})"));
        }

        if (report.Pdf is { } pdf)
        {
            lines.Add((Word(ReportWord.Covers), Phrases.Of(pdf.Coverage, language)));
            if (pdf.Certification != EContract.Pdf.CertificationLevel.None)
            {
                lines.Add((Word(ReportWord.Permits), Phrases.Of(pdf.Certification, language)));
            }

            if (pdf.Reason is { Length: > 0 } reason)
            {
                lines.Add((Word(ReportWord.Reason), reason));
            }
        }

        return new ReportSection(
            $"{Phrases.Of(report.Role, language)} {report.Id}",
            report.Conclusion.Indication,
            lines,
            [.. report.TimeStamps.Select(Of)]
        );
    }

    private ReportSection Of(CertificateReport report, Conclusion conclusion)
    {
        var tbs = report.Certificate.Tbs;
        List<(string, string)> lines =
        [
            (Word(ReportWord.Name), tbs.Subject.ToString()),
            (Word(ReportWord.Validity), $"{Time(tbs.NotBefore)} – {Time(tbs.NotAfter)}"),
        ];
        if (report.TrustAnchor is { } anchor)
        {
            lines.Add((Word(ReportWord.TrustAnchor), anchor.Tbs.Subject.ToString()));
        }

        return new ReportSection(Word(ReportWord.Certificate), conclusion.Indication, lines, []);
    }

    private IEnumerable<(string, string)> Reasons(Conclusion conclusion) =>
        conclusion.Findings.Select(finding =>
            (Word(conclusion.IsPassed || IsRemark(finding) ? ReportWord.Remarks : ReportWord.Why), Tell(finding))
        );

    private static bool IsRemark(Finding finding) =>
        finding.Code is FindingCode.ChangeAllowed or FindingCode.ProvenByTimeStamp or FindingCode.SigningCertificateNotProtected;

    private string Verdict(Conclusion conclusion) => $"{Phrases.Of(conclusion.Indication, language)} ({conclusion})";

    private string Tell(Finding finding) => $"{Phrases.Of(finding.Code, language)} [{finding.Clause}: {finding.Detail}]";

    /// <summary>The name that people know somebody by, then the whole name.</summary>
    private string Who(Certificate? certificate)
    {
        if (certificate is null)
        {
            return Word(ReportWord.Unknown);
        }

        var subject = certificate.Tbs.Subject;
        var common = subject.Rdns.SelectMany(rdn => rdn).FirstOrDefault(attribute => attribute.Type == Oids.CommonName)?.Value;
        return common is null ? subject.ToString() : $"{common} ({subject})";
    }

    /// <summary>Japanese readers think in their own time; the rest of the world gets UTC.</summary>
    private string Time(DateTimeOffset time) =>
        language == ReportLanguage.Japanese
            ? time.ToOffset(TimeSpan.FromHours(9)).ToString("yyyy年M月d日 HH:mm:ss '(日本標準時)'", CultureInfo.InvariantCulture)
            : time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private string Word(ReportWord word) => Phrases.Of(word, language);
}
