using EContract.Hosting.Errors;
using EContract.Proto.Validation.V1;
using EContract.Validation.Online;
using EContract.Validation.Policies;
using EContract.Validation.Reports.People;
using EContract.Validation.Sources;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Options = EContract.Proto.Validation.V1.Options;
using Report = EContract.Validation.Reports.ValidationReport;
using WireKind = EContract.Proto.Validation.V1.DocumentKind;

namespace EContract.Validation.Grpc;

/// <summary>ValidationService on the wire.</summary>
internal sealed class ValidationEndpoint(
    ValidationPolicy policy,
    IOptions<ValidationOptions> options,
    Fetcher fetcher,
    DocumentGate gate,
    TimeProvider time
) : ValidationService.ValidationServiceBase
{
    public override async Task<ValidateDocumentResponse> ValidateDocument(
        IAsyncStreamReader<ValidateDocumentRequest> requestStream,
        ServerCallContext context
    )
    {
        var token = context.CancellationToken;
        if (!await requestStream.MoveNext(token) || requestStream.Current.PartCase != ValidateDocumentRequest.PartOneofCase.Description)
        {
            throw ServiceException.Invalid("description", "The first message describes the document.");
        }

        var description = requestStream.Current.Description;
        var limit = options.Value.MaxDocumentSize;
        await using var document = new SpooledFile(options.Value.TemporaryFolder, limit);
        await using var content = new SpooledFile(options.Value.TemporaryFolder, limit);
        await ReceiveAsync(requestStream, document, content, token);
        if (document.Length == 0)
        {
            throw ServiceException.Invalid("data", "There is no document.");
        }

        var request = RequestsOnWire.Read(description.Options, description.ContentDigest) with
        {
            Name = description.Name.Length > 0 ? description.Name : null,
            Content = content.Length > 0 ? await content.OpenAsync(token) : null,
            EvidenceRecords = [.. description.EvidenceRecords.Select(record => record.Memory)],
        };
        var stream = await document.OpenAsync(token);
        var report = await gate.EnterAsync(
            // The judging is plain computation: off the thread that reads from the wire.
            () => Task.Run(() => JudgeAsync(stream, description.Kind, request, description.Options, token), token),
            token
        );
        var (text, html) = Texts(report, description.Options);
        return new ValidateDocumentResponse
        {
            Report = ReportOnWire.Write(report),
            Text = text,
            Html = html,
        };
    }

    public override async Task<ValidateCertificateResponse> ValidateCertificate(
        ValidateCertificateRequest request,
        ServerCallContext context
    )
    {
        var material = new CollectedSource();
        material.TryAddAll(
            request.Certificates.Select(c => c.Memory),
            request.Crls.Select(c => c.Memory),
            request.OcspResponses.Select(r => r.Memory)
        );
        var purpose = request.Purpose == CertificatePurpose.TimeStamping ? AnchorPurpose.TimeStamping : AnchorPurpose.Signing;
        var report = await Validator(request.Options)
            .ValidateCertificateAsync(
                RequestsOnWire.Required(request.Certificate, "certificate"),
                purpose,
                RequestsOnWire.Read(request.Options, null) with
                {
                    Material = material,
                },
                context.CancellationToken
            );
        var (text, html) = Texts(report, request.Options);
        return new ValidateCertificateResponse
        {
            Report = ReportOnWire.Write(report),
            Text = text,
            Html = html,
        };
    }

    public override async Task<ValidateTokenResponse> ValidateToken(ValidateTokenRequest request, ServerCallContext context)
    {
        var report = await Validator(request.Options)
            .ValidateTimeStampAsync(
                RequestsOnWire.Required(request.Token, "token"),
                RequestsOnWire.Read(request.Options, request.ContentDigest),
                context.CancellationToken
            );
        var (text, html) = Texts(report, request.Options);
        return new ValidateTokenResponse
        {
            Report = ReportOnWire.Write(report),
            Text = text,
            Html = html,
        };
    }

    private static async Task ReceiveAsync(
        IAsyncStreamReader<ValidateDocumentRequest> requestStream,
        SpooledFile document,
        SpooledFile content,
        CancellationToken cancellationToken
    )
    {
        while (await requestStream.MoveNext(cancellationToken))
        {
            var part = requestStream.Current;
            switch (part.PartCase)
            {
                case ValidateDocumentRequest.PartOneofCase.Data when content.Length == 0:
                    await document.AppendAsync(part.Data.Memory, cancellationToken);
                    break;
                case ValidateDocumentRequest.PartOneofCase.Content:
                    await content.AppendAsync(part.Content.Memory, cancellationToken);
                    break;
                default:
                    throw ServiceException.Invalid("part", "After the description comes the document, then what it signs.");
            }
        }
    }

    private async Task<Report> JudgeAsync(
        Stream document,
        WireKind kind,
        ValidationRequest request,
        Options? wanted,
        CancellationToken cancellationToken
    )
    {
        var validator = Validator(wanted);
        if (kind == WireKind.Pdf || (kind == WireKind.Unspecified && DocumentKinds.IsPdf(document)))
        {
            return await validator.ValidatePdfAsync(document, request, cancellationToken);
        }

        var max = options.Value.MaxSignatureSize;
        if (document.Length > max)
        {
            throw new ServiceException(Fault.DocumentTooLarge, $"signatures may have {max} bytes");
        }

        var signature = new byte[document.Length];
        await document.ReadExactlyAsync(signature, cancellationToken);
        if (kind == WireKind.Certificate || (kind == WireKind.Unspecified && DocumentKinds.IsCertificate(signature)))
        {
            return await validator.ValidateCertificateAsync(signature, AnchorPurpose.Signing, request, cancellationToken);
        }

        return kind == WireKind.TimeStampToken || (kind == WireKind.Unspecified && DocumentKinds.IsTimeStampToken(signature))
            ? await validator.ValidateTimeStampAsync(signature, request, cancellationToken)
            : await validator.ValidateCmsAsync(signature, request, cancellationToken);
    }

    private SignatureValidator Validator(Options? wanted)
    {
        if (wanted is not { Online: true })
        {
            return new SignatureValidator(policy, time);
        }

        return options.Value.Online.Enabled
            ? new SignatureValidator(policy, time, new OnlineSource(fetcher))
            : throw new ServiceException(Fault.FetchForbidden, "this server is set to fetch nothing");
    }

    private static (string Text, string Html) Texts(Report report, Options? wanted)
    {
        var language = wanted?.Language == Language.English ? ReportLanguage.English : ReportLanguage.Japanese;
        return (
            wanted is { IncludeText: true } ? ReportText.Write(report, language) : "",
            wanted is { IncludeHtml: true } ? ReportHtml.Write(report, language) : ""
        );
    }
}
