using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Reports;
using EContract.Validation.Revocation;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = EContract.Proto.Validation.V1;

namespace EContract.Validation.Grpc;

/// <summary>The report for machines: protobuf, and by its mapping JSON.</summary>
public static class ReportOnWire
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithIndentation());

    /// <summary>The proto3 JSON mapping of the message.</summary>
    public static string ToJson(ValidationReport report) => Json.Format(Write(report));

    public static Wire.ValidationReport Write(ValidationReport report)
    {
        var message = new Wire.ValidationReport
        {
            Subject = Name(report.Subject),
            Name = report.Name ?? "",
            ValidationTime = report.ValidationTime.ToTimestamp(),
            Policy = report.Policy,
            Conclusion = Write(report.Conclusion),
            Revisions = report.Revisions,
            Certificate = report.Certificate is { } certificate ? Write(certificate) : null,
        };
        message.Signatures.AddRange(report.Signatures.Select(Write));
        message.DocumentFindings.AddRange(report.DocumentFindings.Select(Write));
        return message;
    }

    private static Wire.Conclusion Write(Conclusion conclusion)
    {
        var message = new Wire.Conclusion
        {
            Indication = conclusion.Indication switch
            {
                Indication.Passed => Wire.Indication.TotalPassed,
                Indication.Failed => Wire.Indication.TotalFailed,
                _ => Wire.Indication.Indeterminate,
            },
            SubIndication = conclusion.SubIndication is { } reason ? StandardNames.Of(reason) : "",
        };
        message.Findings.AddRange(conclusion.Findings.Select(Write));
        return message;
    }

    private static Wire.Finding Write(Finding finding) =>
        new()
        {
            Code = Name(finding.Code),
            Clause = finding.Clause,
            Detail = finding.Detail,
        };

    private static Wire.SignatureReport Write(SignatureReport report)
    {
        var message = new Wire.SignatureReport
        {
            Id = report.Id,
            Role = Name(report.Role),
            Conclusion = Write(report.Conclusion),
            Signer = report.SigningCertificate?.Tbs.Subject.ToString() ?? "",
            SigningCertificate = Bytes(report.SigningCertificate),
            TrustAnchor = report.TrustAnchor?.Tbs.Subject.ToString() ?? "",
            ClaimedTime = report.ClaimedTime?.ToTimestamp(),
            BestSignatureTime = report.Proof.Time.ToTimestamp(),
            ProvenBy = report.Proof.Origin,
            ControlTime = ToWire(report.ControlTime),
            SignatureAlgorithm = report.SignatureAlgorithm ?? "",
            DigestAlgorithm = report.DigestAlgorithm ?? "",
            Pdf = report.Pdf is { } pdf ? Write(pdf) : null,
        };
        message.Chain.AddRange(report.Chain.Select(Bytes));
        message.Revocation.AddRange(report.Revocation.Select(Write));
        message.TimeStamps.AddRange(report.TimeStamps.Select(Write));
        return message;
    }

    private static Wire.RevocationEvidence Write(RevocationEvidence evidence) =>
        new()
        {
            Kind = Name(evidence.Kind),
            Certificate = evidence.Subject.Tbs.Subject.ToString(),
            ThisUpdate = evidence.IssuedAt.ToTimestamp(),
            NextUpdate = evidence.NextUpdate?.ToTimestamp(),
            RevocationTime = evidence.RevokedAt?.ToTimestamp(),
            Reason = evidence.Reason is { } reason ? AsInRfc5280(reason.ToString()) : "",
        };

    private static Wire.PdfSignature Write(PdfSignatureReport pdf)
    {
        var message = new Wire.PdfSignature
        {
            FieldName = pdf.FieldName,
            SubFilter = pdf.SubFilter ?? "",
            Coverage = Name(pdf.Coverage),
            Revision = pdf.Revision ?? 0,
            Certification = Name(pdf.Certification),
            Modification = Name(pdf.Modification),
            ChangeCount = pdf.ChangeCount,
            Reason = pdf.Reason ?? "",
            Location = pdf.Location ?? "",
        };
        message.Changes.AddRange(
            pdf.Changes.Select(change => new Wire.Change
            {
                Path = change.Path,
                Level = Name(change.Level),
                Description = change.Description,
                Field = change.Field ?? "",
            })
        );
        return message;
    }

    private static Wire.CertificateReport Write(CertificateReport report)
    {
        var tbs = report.Certificate.Tbs;
        var message = new Wire.CertificateReport
        {
            Subject = tbs.Subject.ToString(),
            Issuer = tbs.Issuer.ToString(),
            SerialNumber = Convert.ToHexStringLower(tbs.SerialNumber.Content.Span),
            NotBefore = tbs.NotBefore.ToTimestamp(),
            NotAfter = tbs.NotAfter.ToTimestamp(),
            TrustAnchor = report.TrustAnchor?.Tbs.Subject.ToString() ?? "",
        };
        message.Chain.AddRange(report.Chain.Select(Bytes));
        message.Revocation.AddRange(report.Revocation.Select(Write));
        message.Policies.AddRange(report.Policies.Select(policy => policy.PolicyIdentifier));
        return message;
    }

    private static ByteString Bytes(Certificate? certificate) =>
        certificate is null ? ByteString.Empty : ByteString.CopyFrom(certificate.Encoded.Span);

    // A broken algorithm never proved anything: there is no such time, and protobuf has none before the year 1.
    private static Timestamp? ToWire(DateTimeOffset? time) =>
        time is { } known && known > DateTimeOffset.MinValue ? known.ToTimestamp() : null;

    // keyCompromise, certificateHold …
    private static string AsInRfc5280(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Name<T>(T value)
        where T : struct, System.Enum => StandardNames.Spell(value.ToString());
}
