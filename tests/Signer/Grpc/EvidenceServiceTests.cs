using System.Security.Cryptography;
using EContract.Grpc.InProcess;
using EContract.Proto.Archive.V1;
using EContract.Signer.Archive.Jobs;
using EContract.Signer.Grpc;
using EContract.Signer.Tests.Rig;
using Google.Protobuf;
using Grpc.Core;
using Xunit;
using JobRun = EContract.Proto.Archive.V1.JobRun;

namespace EContract.Signer.Tests.Grpc;

/// <summary>EvidenceService through generated code and messages.</summary>
[Collection(TokenTests.Name)]
public sealed class EvidenceServiceTests(TokenFixture token) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private Bank _bank = null!;
    private SignerNode _node = null!;
    private EvidenceService.EvidenceServiceClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _bank = await Bank.OpenAsync(token.Token);
        _node = await _bank.StartNodeAsync();
        var options = new InProcessServerOptions();
        options.Interceptors.Add(new TestEdge("archive"));
        var server = new InProcessServer(options).AddService(_node.Get<EvidenceEndpoint>());
        _client = new EvidenceService.EvidenceServiceClient(server.CreateChannel(new InProcessCaller("archive")));
    }

    public ValueTask DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task Documents_are_registered_closed_exported_verified_renewed_and_taken_over()
    {
        Assert.Equal(5, (await RegisterAsync(0, 5)).Registered);
        Assert.Equal(3, (await RegisterAsync(2, 5)).Known);
        Assert.Single((await _client.CloseBatchesAsync(new CloseBatchesRequest(), cancellationToken: Ct)).Batches);
        var page = await _client.ListBatchesAsync(new ListBatchesRequest { PageSize = 1 }, cancellationToken: Ct);
        Assert.Equal((BatchState.Stamped, 7), (page.Batches[0].State, page.Batches[0].Size));
        Assert.Empty(
            (await _client.ListBatchesAsync(new ListBatchesRequest { PageToken = page.NextPageToken }, cancellationToken: Ct)).Batches
        );

        Assert.Equal(1, (await _client.RenewTimestampsAsync(new RenewTimestampsRequest { All = true }, cancellationToken: Ct)).Renewed);
        using var call = _client.RenewHashTrees(cancellationToken: Ct);
        await call.RequestStream.WriteAsync(
            new RenewHashTreesRequest
            {
                DigestAlgorithm = "SHA-512",
                Renewals =
                {
                    new RehashedDigest { Digest = Digest("SHA256", 4), RenewedDigest = Digest("SHA512", 4) },
                },
            },
            Ct
        );
        await call.RequestStream.CompleteAsync();
        Assert.Equal(1, (await call).Renewed);
        await _client.CloseBatchesAsync(new CloseBatchesRequest(), cancellationToken: Ct);

        var record = (
            await _client.ExportRecordAsync(new ExportRecordRequest { Digest = Digest("SHA256", 4) }, cancellationToken: Ct)
        ).Record;
        var verdict = await VerifyAsync(record, 4);
        Assert.True(verdict.Valid);
        Assert.Equal(("NONE", -1, 3), (verdict.Problem, verdict.BrokenTimestamp, verdict.Timestamps.Count));
        Assert.NotNull(verdict.ExistedTime);
        var other = await VerifyAsync(record, 50);
        Assert.False(other.Valid);
        Assert.Equal("DATA_OBJECT_NOT_COVERED", other.Problem);
    }

    [Fact]
    public async Task Wrong_input_is_refused_with_its_reason()
    {
        await RefusedAsync(
            StatusCode.InvalidArgument,
            () =>
                _client
                    .VerifyRecordAsync(new VerifyRecordRequest { Record = ByteString.CopyFrom(5, 0) }, cancellationToken: Ct)
                    .ResponseAsync
        );
        await RefusedAsync(
            StatusCode.NotFound,
            () => _client.ExportRecordAsync(new ExportRecordRequest { Digest = Digest("SHA256", 99) }, cancellationToken: Ct).ResponseAsync
        );
        await RefusedAsync(
            StatusCode.InvalidArgument,
            () => _client.ListBatchesAsync(new ListBatchesRequest { PageToken = "x" }, cancellationToken: Ct).ResponseAsync
        );
        await RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync(0, 1, "MD5"));
        await RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync(0, 1, "SHA-384"));
        using var empty = _client.RegisterDigests(cancellationToken: Ct);
        await empty.RequestStream.CompleteAsync();
        await RefusedAsync(StatusCode.InvalidArgument, () => empty.ResponseAsync);
    }

    [Fact]
    public async Task A_job_is_watched_from_its_beginning_to_its_end_and_a_failed_one_says_why()
    {
        await RegisterAsync(0, 3);
        _bank.Time.Advance(TimeSpan.FromHours(25));
        using var watch = _client.WatchJobs(new WatchJobsRequest { Job = "evidence-close" }, cancellationToken: Ct);
        var job = new EvidenceCloseJob(_node.Get<Signer.Archive.Evidence.EvidenceBatches>(), new JobOptions());
        _bank.Tsa.Down = true;
        await Assert.ThrowsAsync<EContract.Hosting.Errors.ServiceException>(() => _node.Get<JobRuns>().RunAsync(job, Ct));
        var failed = await NextAsync(watch, JobState.Failed);
        Assert.Contains("switched the TSA off", failed.Detail, StringComparison.Ordinal);
        _bank.Tsa.Down = false;
        await _node.Get<JobRuns>().RunAsync(job, Ct);
        var done = await NextAsync(watch, JobState.Succeeded);
        Assert.Equal((1, 1), (done.Done, done.Total));
        Assert.NotNull(done.EndTime);
    }

    private static async Task<JobRun> NextAsync(AsyncServerStreamingCall<WatchJobsResponse> watch, JobState state)
    {
        while (await watch.ResponseStream.MoveNext(Ct))
        {
            if (watch.ResponseStream.Current.Run.State == state)
            {
                return watch.ResponseStream.Current.Run;
            }
        }

        throw new InvalidOperationException("The stream has ended.");
    }

    private async Task<RegisterDigestsResponse> RegisterAsync(int from, int count, string algorithm = "SHA-256")
    {
        using var call = _client.RegisterDigests(cancellationToken: Ct);
        var message = new RegisterDigestsRequest { DigestAlgorithm = algorithm };
        message.Digests.AddRange(
            Enumerable.Range(from, count).Select(i => new RegisteredDigest { Digest = Digest("SHA256", i), Reference = $"doc-{i}" })
        );
        await call.RequestStream.WriteAsync(message, Ct);
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    private async Task<VerifyRecordResponse> VerifyAsync(ByteString record, int document) =>
        await _client.VerifyRecordAsync(
            new VerifyRecordRequest
            {
                Record = record,
                Digests =
                {
                    new DocumentDigest { DigestAlgorithm = "SHA-256", Digest = Digest("SHA256", document) },
                    new DocumentDigest { DigestAlgorithm = "SHA-512", Digest = Digest("SHA512", document) },
                },
            },
            cancellationToken: Ct
        );

    private static async Task RefusedAsync(StatusCode status, Func<Task> call) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    private static ByteString Digest(string hash, int document) =>
        ByteString.CopyFrom(CryptographicOperations.HashData(new HashAlgorithmName(hash), BitConverter.GetBytes(document)));
}
