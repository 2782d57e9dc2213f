using EContract.Pdf;
using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Conclusions;
using EContract.Validation.Documents;
using EContract.Validation.Policies;
using EContract.Validation.Proofs;
using EContract.Validation.Reports;
using EContract.Validation.Sources;
using MalformedException = EContract.Pki.MalformedException;

namespace EContract.Validation;

/// <summary>
/// Validates signed documents, time-stamps and certificates (ETSI EN 319 102-1). Whatever the bytes are, the answer is a report: what can't be read
/// is FORMAT_FAILURE. May be used by several threads.
/// </summary>
/// <param name="policy">The constraints, trust anchors among them.</param>
/// <param name="clock">Now, where the request names no time.</param>
/// <param name="sources">Asked, in this order, for what the document does not carry.</param>
public sealed class SignatureValidator(ValidationPolicy policy, TimeProvider clock, params IReadOnlyList<IValidationSource> sources)
{
    /// <summary>A PDF with its signatures and time-stamps.</summary>
    /// <param name="document">Seekable; read in windows, never held whole.</param>
    public async Task<ValidationReport> ValidatePdfAsync(
        Stream document,
        ValidationRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        request ??= new ValidationRequest();
        try
        {
            var judged = new PdfJudgedDocument(PdfDocument.Open(document));
            var file = new ContentDigests(consumer => Feed(document, consumer));
            return await JudgeAsync(judged, file, ReportSubject.Pdf, request, cancellationToken);
        }
        catch (Pdf.MalformedException e)
        {
            return Unreadable(ReportSubject.Pdf, request, e.Clause, e.Detail);
        }
        catch (PdfRefusedException e)
        {
            return Unreadable(ReportSubject.Pdf, request, $"PDF {e.Reason}", e.Detail);
        }
    }

    /// <summary>A CMS or CAdES signature; its content in it, or given with the request.</summary>
    public async Task<ValidationReport> ValidateCmsAsync(
        ReadOnlyMemory<byte> signature,
        ValidationRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        request ??= new ValidationRequest();
        var (signatures, format) = FormatChecking.Read(signature, ContentOf(request));
        return format.IsPassed
            ? await JudgeAsync(new CmsDocument(signatures), ContentDigests.Of(signature), ReportSubject.Cms, request, cancellationToken)
            : Frame(ReportSubject.Cms, request) with
            {
                Conclusion = format,
            };
    }

    /// <summary>A time-stamp token (RFC 3161); what it stamps is given with the request.</summary>
    public async Task<ValidationReport> ValidateTimeStampAsync(
        ReadOnlyMemory<byte> token,
        ValidationRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        request ??= new ValidationRequest();
        try
        {
            var judged = new TokenDocument(TimeStampToken.Decode(token), ContentOf(request));
            return await JudgeAsync(judged, ContentDigests.Of(token), ReportSubject.TimeStampToken, request, cancellationToken);
        }
        catch (MalformedException e)
        {
            return Unreadable(ReportSubject.TimeStampToken, request, e.Clause, e.Detail);
        }
    }

    /// <summary>A certificate at a time: its path, the status of each certificate in it, the algorithms.</summary>
    /// <param name="certificate">DER or PEM.</param>
    /// <param name="purpose">One purpose: which anchors count, and whether it must be a time-stamp authority's.</param>
    public async Task<ValidationReport> ValidateCertificateAsync(
        ReadOnlyMemory<byte> certificate,
        AnchorPurpose purpose = AnchorPurpose.Signing,
        ValidationRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        request ??= new ValidationRequest();
        try
        {
            var judged = new CertificateDocument(Certificate.Parse(certificate), purpose);
            return await JudgeAsync(judged, ContentDigests.Of(certificate), ReportSubject.Certificate, request, cancellationToken);
        }
        catch (MalformedException e)
        {
            return Unreadable(ReportSubject.Certificate, request, e.Clause, e.Detail);
        }
        catch (FormatException)
        {
            return Unreadable(ReportSubject.Certificate, request, "RFC 7468 §3", "the PEM text is not Base64");
        }
    }

    private async Task<ValidationReport> JudgeAsync(
        IJudgedDocument document,
        ContentDigests file,
        ReportSubject subject,
        ValidationRequest request,
        CancellationToken cancellationToken
    )
    {
        var frame = Frame(subject, request);
        var collected = new CollectedSource();
        if (request.Material is { } material)
        {
            collected.AddAll(material);
        }

        var context = new ValidationContext(policy, frame.ValidationTime, collected, new ProofSet(frame.ValidationTime));
        var completion = new ContextCompletion(sources);
        var records = new EvidenceRecords(request.EvidenceRecords, file);
        foreach (var (certificate, purpose) in document.Collect(context).Concat(records.Collect(context)).ToList())
        {
            await completion.CompleteAsync(context, certificate, purpose, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        // Evidence records are younger than what they cover: their proofs come first.
        var proven = request.EvidenceRecords.Count > 0 ? records.Judge(context, document.Objects) : [];
        var report = document.Judge(context, frame);
        return report with
        {
            Signatures = [.. report.Signatures, .. proven],
            Conclusion = proven.Aggregate(
                report.Conclusion,
                (sum, record) => record.Conclusion.Indication == Indication.Failed ? Conclusion.Worse(sum, record.Conclusion) : sum
            ),
        };
    }

    private ValidationReport Frame(ReportSubject subject, ValidationRequest request) =>
        new()
        {
            Subject = subject,
            Name = request.Name,
            ValidationTime = request.At ?? clock.GetUtcNow(),
            Policy = policy.Name,
            Conclusion = Conclusion.Passed,
        };

    private ValidationReport Unreadable(ReportSubject subject, ValidationRequest request, string clause, string detail) =>
        Frame(subject, request) with
        {
            Conclusion = Conclusion.Failed(SubIndication.FormatFailure, FindingCode.Malformed, clause, detail),
        };

    private static ContentDigests? ContentOf(ValidationRequest request) =>
        request.Content is { } stream ? new ContentDigests(consumer => Feed(stream, consumer))
        : request.ContentDigest is { } known ? ContentDigests.Known(known.Hash, known.Digest)
        : null;

    private static void Feed(Stream stream, Action<ReadOnlySpan<byte>> consumer)
    {
        stream.Position = 0;
        var block = new byte[128 * 1024];
        for (int count; (count = stream.Read(block)) > 0; )
        {
            consumer(block.AsSpan(0, count));
        }
    }
}
