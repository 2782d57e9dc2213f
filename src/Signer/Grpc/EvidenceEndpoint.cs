using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pki.Ers;
using EContract.Proto.Archive.V1;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Store;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RegisteredDigest = EContract.Signer.Archive.Evidence.RegisteredDigest;

namespace EContract.Signer.Grpc;

/// <summary>EvidenceService on the wire.</summary>
internal sealed class EvidenceEndpoint(
    EvidenceRegister register,
    EvidenceBatches batches,
    EvidenceExport export,
    EvidenceVerification verification,
    EvidenceImport import,
    EvidenceRenewal renewal,
    HashTreeRenewal hashTrees,
    JobRuns jobs
) : EvidenceService.EvidenceServiceBase
{
    private const int MaxReference = 512;
    private const int MaxPage = 500;
    private const int UsualPage = 50;

    public override async Task<RegisterDigestsResponse> RegisterDigests(
        IAsyncStreamReader<RegisterDigestsRequest> requestStream,
        ServerCallContext context
    )
    {
        var token = context.CancellationToken;
        var hash = await FirstAsync(requestStream, r => r.DigestAlgorithm, token);
        var result = await register.RegisterAsync(context.Origin(), hash, DigestsAsync(requestStream, token), token);
        return new RegisterDigestsResponse { Registered = result.Registered, Known = result.Known };
    }

    public override async Task<CloseBatchesResponse> CloseBatches(CloseBatchesRequest request, ServerCallContext context)
    {
        var response = new CloseBatchesResponse();
        response.Batches.AddRange(await batches.CloseAsync(context.Origin(), all: true, null, context.CancellationToken));
        return response;
    }

    public override async Task<ListBatchesResponse> ListBatches(ListBatchesRequest request, ServerCallContext context)
    {
        var size = request.PageSize <= 0 ? UsualPage : Math.Min(request.PageSize, MaxPage);
        var before = long.MaxValue;
        if (request.PageToken.Length > 0 && !long.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            throw new ServiceException(Fault.PageTokenInvalid, "This token is none of ListBatches.");
        }

        var found = await batches.ListAsync(before, size, context.CancellationToken);
        var response = new ListBatchesResponse();
        response.Batches.AddRange(found.Select(EvidenceOnWire.ToWire));
        response.NextPageToken = found.Count == size ? found[^1].Id.ToString(CultureInfo.InvariantCulture) : "";
        return response;
    }

    public override async Task<ExportRecordResponse> ExportRecord(ExportRecordRequest request, ServerCallContext context)
    {
        var record = await export.ExportAsync(context.Origin().Caller, request.Digest.Memory, context.CancellationToken);
        return new ExportRecordResponse { Record = UnsafeByteOperations.UnsafeWrap(record.Encode()) };
    }

    public override Task<VerifyRecordResponse> VerifyRecord(VerifyRecordRequest request, ServerCallContext context)
    {
        var record = EvidenceImport.Decode(request.Record.Memory);
        return Task.FromResult(verification.Verify(record, DigestsOf(request.Digests)).ToWire());
    }

    public override async Task<ImportRecordResponse> ImportRecord(ImportRecordRequest request, ServerCallContext context)
    {
        var verdict = await import.ImportAsync(
            context.Origin(),
            request.Record.Memory,
            DigestsOf(request.Digests),
            context.CancellationToken
        );
        return new ImportRecordResponse
        {
            ExistedTime = verdict.Check.ExistedAt?.ToTimestamp(),
            RenewByTime = verdict.RenewBy?.ToTimestamp(),
        };
    }

    public override async Task<RenewTimestampsResponse> RenewTimestamps(RenewTimestampsRequest request, ServerCallContext context) =>
        new() { Renewed = await renewal.RenewAsync(context.Origin(), request.All, context.CancellationToken) };

    public override async Task<RenewHashTreesResponse> RenewHashTrees(
        IAsyncStreamReader<RenewHashTreesRequest> requestStream,
        ServerCallContext context
    )
    {
        var token = context.CancellationToken;
        var hash = await FirstAsync(requestStream, r => r.DigestAlgorithm, token);
        var result = await hashTrees.RenewAsync(context.Origin(), hash, RenewalsAsync(requestStream, token), token);
        return new RenewHashTreesResponse { Renewed = result.Registered, Known = result.Known };
    }

    public override async Task WatchJobs(
        WatchJobsRequest request,
        IServerStreamWriter<WatchJobsResponse> responseStream,
        ServerCallContext context
    )
    {
        await foreach (var run in jobs.WatchAsync(request.Job, context.CancellationToken))
        {
            await responseStream.WriteAsync(new WatchJobsResponse { Run = run.ToWire() }, context.CancellationToken);
        }
    }

    private static async Task<HashAlgorithmName> FirstAsync<T>(
        IAsyncStreamReader<T> stream,
        Func<T, string> algorithm,
        CancellationToken cancellationToken
    ) =>
        await stream.MoveNext(cancellationToken)
            ? Reading.Hash(algorithm(stream.Current), "digest_algorithm")
            : throw ServiceException.Invalid("digest_algorithm", "The first message names the algorithm.");

    /// <summary>From the message that is there already to the last.</summary>
    private static async IAsyncEnumerable<RegisteredDigest> DigestsAsync(
        IAsyncStreamReader<RegisterDigestsRequest> stream,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        do
        {
            foreach (var digest in stream.Current.Digests)
            {
                yield return digest.Reference.Length <= MaxReference
                    ? new RegisteredDigest(digest.Digest.Memory, digest.Reference)
                    : throw ServiceException.Invalid("digests.reference", $"At most {MaxReference} characters.");
            }
        } while (await stream.MoveNext(cancellationToken));
    }

    private static async IAsyncEnumerable<RenewedDigest> RenewalsAsync(
        IAsyncStreamReader<RenewHashTreesRequest> stream,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        do
        {
            foreach (var pair in stream.Current.Renewals)
            {
                yield return new RenewedDigest(pair.Digest.Memory, pair.RenewedDigest.Memory);
            }
        } while (await stream.MoveNext(cancellationToken));
    }

    private static EvidenceVerifier.DigestsOf DigestsOf(IEnumerable<DocumentDigest> digests)
    {
        var known = digests.ToLookup(
            digest => Reading.Hash(digest.DigestAlgorithm, "digests.digest_algorithm"),
            digest => digest.Digest.Memory
        );
        return hash => known.Contains(hash) ? [.. known[hash]] : null;
    }
}
