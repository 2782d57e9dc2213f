using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Proto.Archive.V1;
using EContract.Signer.Archive;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Locations;
using EContract.Signer.Archive.Register;
using EContract.Signer.Documents;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Validation.Sources;
using Google.Protobuf;
using Grpc.Core;

namespace EContract.Signer.Grpc;

/// <summary>ArchiveService on the wire.</summary>
internal sealed class ArchiveEndpoint(
    ArchiveDesk desk,
    DigestDesk digests,
    RenewalDesk renewals,
    ArchiveRegister register,
    RevocationSweep sweep,
    AuditLog audit,
    Spool spool,
    DocumentOptions documents,
    ArchiveOptions options,
    TimeProvider time
) : ArchiveService.ArchiveServiceBase
{
    // Well below the usual limit of 4 MiB per message.
    private const int ChunkSize = 256 * 1024;

    private const int DefaultPage = 100;
    private const int MaxPage = 1000;
    private const int DefaultMonths = 24;
    private const int MaxMonths = 600;

    public override async Task Augment(
        IAsyncStreamReader<AugmentRequest> requestStream,
        IServerStreamWriter<AugmentResponse> responseStream,
        ServerCallContext context
    )
    {
        var token = context.CancellationToken;
        if (!await requestStream.MoveNext(token) || requestStream.Current.PartCase != AugmentRequest.PartOneofCase.Description)
        {
            throw ServiceException.Invalid("description", "The first message describes the document.");
        }

        var description = requestStream.Current.Description;
        var order = ArchiveWire.Read(description);
        await using var file = new SpooledFile(spool);
        await file.ReceiveAsync(
            requestStream,
            request =>
                request.PartCase == AugmentRequest.PartOneofCase.Data
                    ? request.Data.Memory
                    : throw ServiceException.Invalid("data", "After the description come the document's bytes."),
            description.Size,
            documents.MaxSize,
            token
        );
        var result = await desk.ProcessAsync(file.Stream, order, token);
        var registered = description.Register
            ? await register.AddAsync(
                context.Origin(),
                Reading.Required(description.Name, "description.name"),
                null,
                result.Digest,
                result.Size,
                result.Protection,
                result.Carried,
                order.ContentDigests,
                token
            )
            : null;
        await audit.AppendAsync(ArchiveWire.Event(context.Origin(), "archive.augmented", registered?.Id, result), token);
        await using var answer = Answer(file.Stream, result, description.AppendedOnly);
        var summary = ArchiveWire.Summary(description.Name, answer.Length, result, registered?.Id, options.RenewBefore);
        await responseStream.WriteAsync(new AugmentResponse { Result = summary }, token);
        await SendAsync(answer, data => responseStream.WriteAsync(new AugmentResponse { Data = data }, token), token);
    }

    public override async Task Restamp(
        IAsyncStreamReader<RestampRequest> requestStream,
        IServerStreamWriter<RestampResponse> responseStream,
        ServerCallContext context
    )
    {
        var (call, token) = (context.Origin(), context.CancellationToken);
        if (!await requestStream.MoveNext(token) || requestStream.Current.PartCase != RestampRequest.PartOneofCase.Description)
        {
            throw ServiceException.Invalid("description", "The first message describes the document.");
        }

        var description = requestStream.Current.Description;
        ArchiveDocumentId? id =
            description.DocumentId.Length > 0 ? Reading.Id<ArchiveDocumentId>(description.DocumentId, "description.document_id") : null;
        await using var file = new SpooledFile(spool);
        await file.ReceiveAsync(
            requestStream,
            request =>
                request.PartCase == RestampRequest.PartOneofCase.Data
                    ? request.Data.Memory
                    : throw ServiceException.Invalid("data", "After the description come the document's bytes."),
            description.Size,
            documents.MaxSize,
            token
        );
        var order = ArchiveWire.Read(description);
        var result = id is { } registered
            ? await renewals.RenewSentAsync(call, registered, file, order, token)
            : await desk.ProcessAsync(file.Stream, order, token);
        await audit.AppendAsync(ArchiveWire.Event(call, "archive.restamped", id, result), token);
        await using var answer = Answer(file.Stream, result, description.AppendedOnly);
        var summary = ArchiveWire.Summary(description.Name, answer.Length, result, id, options.RenewBefore);
        await responseStream.WriteAsync(new RestampResponse { Result = summary }, token);
        await SendAsync(answer, data => responseStream.WriteAsync(new RestampResponse { Data = data }, token), token);
    }

    public override async Task<GatherValidationDataResponse> GatherValidationData(
        GatherValidationDataRequest request,
        ServerCallContext context
    )
    {
        var carried = new CollectedSource();
        carried.TryAddAll(
            request.Certificates.Select(c => c.Memory),
            request.Crls.Select(c => c.Memory),
            request.OcspResponses.Select(r => r.Memory)
        );

        var data = await digests.GatherAsync(
            [
                .. request.Signatures.Select(
                    (s, i) =>
                        new DetachedSignature(
                            s.Cms.Memory,
                            Reading.Hash(s.DigestAlgorithm, $"signatures[{i}].digest_algorithm"),
                            s.Digest.Memory
                        )
                ),
            ],
            carried,
            request.PreserveEvidence,
            context.CancellationToken
        );
        var answer = new GatherValidationDataResponse
        {
            TokenSize = await digests.TokenSizeAsync(context.CancellationToken),
            DigestAlgorithm = digests.Hash.Name,
        };
        answer.Certificates.AddRange(data.Certificates.Select(c => ByteString.CopyFrom(c.Encoded.Span)));
        answer.OcspResponses.AddRange(data.OcspResponses.Select(o => ByteString.CopyFrom(o.Encoded.Span)));
        answer.Crls.AddRange(data.Crls.Select(c => ByteString.CopyFrom(c.Encoded.Span)));
        answer.Missing.AddRange(data.Missing.Select(ArchiveWire.Missing));
        return answer;
    }

    public override async Task<StampDigestResponse> StampDigest(StampDigestRequest request, ServerCallContext context)
    {
        var hash = Reading.Hash(request.DigestAlgorithm, "digest_algorithm");
        var (token, deadline) = await digests.StampAsync(hash, request.Digest.ToByteArray(), context.CancellationToken);
        await audit.AppendAsync(
            ArchiveEvents.Of(context.Origin(), "archive.stamped", "", ("digest", Convert.ToHexStringLower(request.Digest.Span))),
            context.CancellationToken
        );
        return new StampDigestResponse
        {
            Token = ByteString.CopyFrom(token),
            Deadline = ArchiveWire.Deadline(deadline, options.RenewBefore),
        };
    }

    public override async Task<RegisterDocumentResponse> RegisterDocument(RegisterDocumentRequest request, ServerCallContext context)
    {
        var row = await renewals.RegisterAsync(
            context.Origin(),
            Reading.Required(request.Name, "name"),
            ArchiveLocation.Parse(request.Location, "location"),
            ArchiveWire.ContentDigests(request.ContentDigests),
            context.CancellationToken
        );
        return new RegisterDocumentResponse { Document = ArchiveWire.Document(row, options.RenewBefore) };
    }

    public override async Task<GetDocumentResponse> GetDocument(GetDocumentRequest request, ServerCallContext context)
    {
        var (call, token) = (context.Origin(), context.CancellationToken);
        var row =
            request.DocumentId.Length > 0
                ? await register.GetAsync(call, Reading.Id<ArchiveDocumentId>(request.DocumentId, "document_id"), token)
                : await register.GetAsync(call, request.Digest.ToByteArray(), token);
        return new GetDocumentResponse { Document = ArchiveWire.Document(row, options.RenewBefore) };
    }

    public override async Task<ListDocumentsResponse> ListDocuments(ListDocumentsRequest request, ServerCallContext context)
    {
        var size = request.PageSize switch
        {
            0 => DefaultPage,
            > 0 and <= MaxPage => request.PageSize,
            _ => throw ServiceException.Invalid("page_size", $"1 to {MaxPage}."),
        };
        var before = request.DueBefore?.ToDateTimeOffset() + options.RenewBefore;
        var rows = await register.ListAsync(
            context.Origin(),
            before,
            ArchiveWire.ReadPage(request.PageToken),
            size,
            context.CancellationToken
        );
        var answer = new ListDocumentsResponse { NextPageToken = rows.Count == size ? ArchiveWire.Page(rows[^1]) : "" };
        answer.Documents.AddRange(rows.Select(row => ArchiveWire.Document(row, options.RenewBefore)));
        return answer;
    }

    public override async Task<DeregisterDocumentResponse> DeregisterDocument(DeregisterDocumentRequest request, ServerCallContext context)
    {
        await register.RemoveAsync(
            context.Origin(),
            Reading.Id<ArchiveDocumentId>(request.DocumentId, "document_id"),
            context.CancellationToken
        );
        return new DeregisterDocumentResponse();
    }

    public override async Task<RestampDocumentResponse> RestampDocument(RestampDocumentRequest request, ServerCallContext context)
    {
        var id = Reading.Id<ArchiveDocumentId>(request.DocumentId, "document_id");
        var (row, result) = await renewals.RenewAsync(context.Origin(), id, request.PreserveEvidence, context.CancellationToken);
        return new RestampDocumentResponse
        {
            Document = ArchiveWire.Document(row, options.RenewBefore),
            Result = result is null ? null : ArchiveWire.Summary(row.Name, result.Size, result, row.Id, options.RenewBefore),
        };
    }

    public override async Task<GetPlanResponse> GetPlan(GetPlanRequest request, ServerCallContext context)
    {
        var months = request.Months switch
        {
            0 => DefaultMonths,
            > 0 and <= MaxMonths => request.Months,
            _ => throw ServiceException.Invalid("months", $"1 to {MaxMonths}."),
        };
        var (rows, overdue) = await register.ForecastAsync(context.Origin(), options.RenewBefore, context.CancellationToken);
        return ArchiveWire.Plan(rows, overdue, time.GetUtcNow(), months);
    }

    public override async Task<RefreshDeadlinesResponse> RefreshDeadlines(RefreshDeadlinesRequest request, ServerCallContext context)
    {
        var found = await sweep.RunAsync(run: null, context.CancellationToken);
        return new RefreshDeadlinesResponse
        {
            Checked = found.Checked,
            Revoked = found.Revoked,
            Unknown = found.Unknown,
            DocumentsChanged = found.DocumentsChanged,
        };
    }

    private static Stream Answer(Stream document, ArchiveResult result, bool appendedOnly) =>
        appendedOnly && result.IsPdf
            ? new MemoryStream(result.Augmented.Bytes.ToArray(), writable: false)
            : RenewalDesk.Whole(document, result);

    private static async Task SendAsync(Stream content, Func<ByteString, Task> send, CancellationToken cancellationToken)
    {
        content.Position = 0;
        for (var left = content.Length; left > 0; )
        {
            // Not pooled: the receiver may keep it until it has been sent.
            var chunk = new byte[Math.Min(left, ChunkSize)];
            await content.ReadExactlyAsync(chunk, cancellationToken);
            left -= chunk.Length;
            await send(UnsafeByteOperations.UnsafeWrap(chunk));
        }
    }
}
