using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit.Checkpoints;
using EContract.Audit.Evidence;
using EContract.Audit.Export;
using EContract.Audit.Grpc;
using EContract.Audit.Merkle;
using EContract.Audit.Records;
using EContract.Audit.Verification;
using EContract.Grpc.InProcess;
using EContract.Hosting.Callers;
using EContract.Hosting.Calls;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Proto.Audit.V1;
using EContract.TestKit;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;
using Xunit;
using Client = EContract.Proto.Audit.V1.AuditService.AuditServiceClient;
using Service = EContract.Audit.Grpc.AuditService;

namespace EContract.Audit.Tests.Grpc;

/// <summary>The log as an auditor sees it over gRPC; what he gets is verified with nothing but the root.</summary>
public sealed class AuditServiceTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly TestHierarchy _hierarchy = new();
    private readonly SoftwareSigningKey _key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "audit");
    private readonly TemporaryFolder _folder = new();
    private PostgresDatabase _database = null!;
    private AuditLog _log = null!;
    private CheckpointSchedule _schedule = null!;
    private Client _client = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        var certificate = _hierarchy.Issue(
            _key.SubjectPublicKeyInfo,
            "CN=Evidence Log, C=JP",
            request =>
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(Oids.EvidenceLogSigning)], critical: false))
        );
        var pem =
            X509CertificateLoader.LoadCertificate(certificate).ExportCertificatePem() + "\n" + _hierarchy.Issuing.ExportCertificatePem();
        var options = new AuditOptions
        {
            Node = "n1",
            CertificateFile = _folder.Write("audit.pem", pem),
            PublishDirectory = Path.Combine(_folder.Path, "published"),
        };
        _log = new AuditLog(_database.ConnectionString, options);
        _schedule = new CheckpointSchedule(
            _log,
            Options.Create(options),
            TimeProvider.System,
            TestRunLog.Logger<CheckpointSchedule>(),
            (label, _) => Task.FromResult<ISigningKey?>(label == "audit" ? _key : null)
        );
        var server = new InProcessServer(new InProcessServerOptions { Interceptors = { new AuditorInterceptor() } });
        server.AddService(new Service(_log, _schedule, TimeProvider.System));
        _client = new Client(server.CreateChannel(new InProcessCaller("auditor")));
    }

    public async ValueTask DisposeAsync()
    {
        _schedule.Dispose();
        await _log.DisposeAsync();
        await _database.DisposeAsync();
        _key.Dispose();
        _hierarchy.Dispose();
        _folder.Dispose();
    }

    private TrustOptions Trust => new() { Roots = [_hierarchy.Root] };

    [Fact]
    public void Every_method_admits_auditors_and_nobody_who_works_with_subscribers()
    {
        var policy = Service.Policy();
        var methods = EContract
            .Proto.Audit.V1.AuditService.Descriptor.Methods.Select(method => $"/{method.Service.FullName}/{method.Name}")
            .ToHashSet();
        Assert.Equal(methods, policy.Methods.ToHashSet());
        foreach (var method in methods)
        {
            Assert.Contains(Role.Auditor, policy.RolesOf(method));
            Assert.Empty(policy.RolesOf(method).Intersect([Role.Portal, Role.RaMaker, Role.RaApprover, Role.Archive, Role.Load]));
        }
    }

    [Fact]
    public async Task Searching_pages_through_what_matches_newest_first()
    {
        for (var i = 0; i < 25; i++)
        {
            await _log.AppendAsync(Sample.Event("o" + i, i % 5 == 0 ? "pin.refused" : "certificate.issued"), Ct);
        }

        var found = new List<string>();
        var request = new SearchRecordsRequest { Action = "certificate.*", PageSize = 8 };
        do
        {
            var page = await _client.SearchRecordsAsync(request, cancellationToken: Ct);
            found.AddRange(page.Records.Select(record => record.ObjectId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        Assert.Equal(Enumerable.Range(0, 25).Where(i => i % 5 != 0).Reverse().Select(i => "o" + i), found);
        var one = await _client.SearchRecordsAsync(
            new SearchRecordsRequest { ObjectId = "o7", CorrelationId = "c-o7" },
            cancellationToken: Ct
        );
        Assert.Equal(("n1", 8L, "subscriber"), (one.Records[0].Chain, one.Records[0].Sequence, one.Records[0].Details["profile"]));
    }

    [Fact]
    public async Task One_record_is_proven_by_itself_and_two_checkpoints_are_consistent()
    {
        for (var i = 0; i < 300; i++)
        {
            await _log.AppendAsync(Sample.Event("a" + i), Ct);
        }

        await _client.CreateCheckpointAsync(new CreateCheckpointRequest(), cancellationToken: Ct);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => _log.AppendAsync(Sample.Event("b" + i), Ct)));
        await _client.CreateCheckpointAsync(new CreateCheckpointRequest(), cancellationToken: Ct);

        var found = await _client.SearchRecordsAsync(new SearchRecordsRequest { ObjectId = "a42" }, cancellationToken: Ct);
        var proven = await _client.GetRecordAsync(new GetRecordRequest { Id = found.Records[0].Id }, cancellationToken: Ct);
        var verdict = CheckpointSignature.Verify(proven.Checkpoint.Cms.Memory, Trust);
        Assert.Null(verdict.Fault);
        Assert.True(
            MerkleProof.VerifyInclusion(
                proven.LeafIndex,
                verdict.Checkpoint!.TreeSize,
                ChainRecord.Hash(proven.RecordDer.Span),
                [.. proven.InclusionProof.Select(hash => hash.ToByteArray())],
                verdict.Checkpoint.Root.Span
            )
        );

        var consistency = await _client.GetConsistencyProofAsync(
            new GetConsistencyProofRequest { FirstNumber = 1, SecondNumber = 2 },
            cancellationToken: Ct
        );
        Assert.Equal((300L, 600L), (consistency.First.TreeSize, consistency.Second.TreeSize));
        Assert.True(
            MerkleProof.VerifyConsistency(
                300,
                600,
                consistency.First.Root.Span,
                consistency.Second.Root.Span,
                [.. consistency.Proof.Select(hash => hash.ToByteArray())]
            )
        );
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder.Path, "published")).Length);
    }

    [Fact]
    public async Task The_exported_log_and_evidence_verify_offline_and_the_export_is_recorded()
    {
        await _log.AppendAsync(Sample.Event("x"), Ct);
        using var evidence = new MemoryStream();
        using (
            var call = _client.ExportEvidence(
                new ExportEvidenceRequest { ObjectType = "certificate", ObjectId = "x" },
                cancellationToken: Ct
            )
        )
        {
            await foreach (var chunk in call.ResponseStream.ReadAllAsync(Ct))
            {
                evidence.Write(chunk.Chunk.Span);
            }
        }

        evidence.Position = 0;
        Assert.True(EvidenceVerifier.Verify(EvidenceBundle.Read(evidence), Trust).IsValid);

        using var file = new MemoryStream();
        using (var call = _client.ExportLog(new ExportLogRequest(), cancellationToken: Ct))
        {
            await foreach (var chunk in call.ResponseStream.ReadAllAsync(Ct))
            {
                file.Write(chunk.Chunk.Span);
            }
        }

        file.Position = 0;
        var report = await LogVerifier.VerifyAsync(LogFile.ReadAsync(file, Ct), Trust, Ct);
        Assert.Empty(report.Findings);
        Assert.Equal((3L, 1L), (report.Records, report.Protected));
        var recorded = await _client.SearchRecordsAsync(new SearchRecordsRequest { Action = "evidence.exported" }, cancellationToken: Ct);
        Assert.Equal("auditor", Assert.Single(recorded.Records).Caller);
    }

    [Fact]
    public async Task Who_follows_the_log_sees_new_records_as_they_come()
    {
        await _log.AppendAsync(Sample.Event("before"), Ct);
        using var call = _client.TailRecords(new TailRecordsRequest(), cancellationToken: Ct);
        var next = call.ResponseStream.MoveNext(Ct);
        // Appended until the first is seen: following begins at some moment after the call.
        for (var i = 0; !next.IsCompleted; i++)
        {
            await _log.AppendAsync(Sample.Event("after" + i), Ct);
            await Task.WhenAny(next, Task.Delay(50, Ct));
        }

        Assert.True(await next);
        Assert.StartsWith("after", call.ResponseStream.Current.Record.ObjectId, StringComparison.Ordinal);
    }

    private sealed class AuditorInterceptor : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request,
            ServerCallContext context,
            UnaryServerMethod<TRequest, TResponse> continuation
        )
        {
            context.SetCaller(CallerIdentity.Internal("auditor"));
            return continuation(request, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation
        )
        {
            context.SetCaller(CallerIdentity.Internal("auditor"));
            return continuation(request, responseStream, context);
        }
    }
}
