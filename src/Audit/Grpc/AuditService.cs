using System.Globalization;
using EContract.Audit.Checkpoints;
using EContract.Audit.Evidence;
using EContract.Audit.Export;
using EContract.Audit.Merkle;
using EContract.Audit.Privacy;
using EContract.Audit.Records;
using EContract.Audit.Search;
using EContract.Hosting.Callers;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Proto.Audit.V1;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;

namespace EContract.Audit.Grpc;

/// <summary>The log for auditors, over gRPC. Every export is itself recorded.</summary>
public sealed class AuditService(AuditLog log, CheckpointSchedule schedule, TimeProvider time)
    : EContract.Proto.Audit.V1.AuditService.AuditServiceBase
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 1000;
    private const int ChunkSize = 64 * 1024;
    private static readonly TimeSpan TailInterval = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _dataSource = log.DataSource;

    /// <summary>Who may call what.</summary>
    public static RpcPolicy Policy()
    {
        const string Service = "/econtract.audit.v1.AuditService/";
        return new RpcPolicy()
            .Admit(Service + "SearchRecords", Role.Auditor, Role.Admin)
            .Admit(Service + "TailRecords", Role.Auditor, Role.Admin)
            .LongLived(Service + "TailRecords")
            .Admit(Service + "GetRecord", Role.Auditor, Role.Admin)
            .Admit(Service + "ListCheckpoints", Role.Auditor, Role.Admin)
            .Admit(Service + "CreateCheckpoint", Role.Auditor, Role.Admin)
            .Admit(Service + "GetConsistencyProof", Role.Auditor, Role.Admin)
            .Admit(Service + "ExportLog", Role.Auditor)
            .Admit(Service + "ExportEvidence", Role.Auditor)
            .Admit(Service + "ErasePersonalData", Role.Auditor);
    }

    public override async Task<SearchRecordsResponse> SearchRecords(SearchRecordsRequest request, ServerCallContext context)
    {
        var size = PageSize(request.PageSize);
        Guid? before = null;
        if (request.PageToken.Length > 0)
        {
            before = Guid.TryParse(request.PageToken, out var token)
                ? token
                : throw new ServiceException(Fault.PageTokenInvalid, "The page token is not one of this call.");
        }

        var filter = new RecordFilter
        {
            From = request.FromTime?.ToDateTimeOffset(),
            Until = request.UntilTime?.ToDateTimeOffset(),
            Action = NullIfEmpty(request.Action),
            Caller = NullIfEmpty(request.Caller),
            ObjectType = NullIfEmpty(request.ObjectType),
            ObjectId = NullIfEmpty(request.ObjectId),
            CorrelationId = NullIfEmpty(request.CorrelationId),
            Outcome = request.Outcome == Outcome.Unspecified ? null : (AuditOutcome)request.Outcome,
        };
        var found = await new RecordSearch(_dataSource).SearchAsync(filter, size, before, context.CancellationToken);
        var response = new SearchRecordsResponse { NextPageToken = found.Count == size ? found[^1].Event.Id.ToString() : "" };
        response.Records.AddRange(found.Select(record => AuditMessages.Of(record.Event, record.Chain, record.Sequence)));
        return response;
    }

    public override async Task TailRecords(
        TailRecordsRequest request,
        IServerStreamWriter<TailRecordsResponse> responseStream,
        ServerCallContext context
    )
    {
        var search = new RecordSearch(_dataSource);
        var heads = await search.ReadHeadsAsync(context.CancellationToken);
        using var timer = new PeriodicTimer(TailInterval, time);
        do
        {
            foreach (var record in await search.FollowAsync(heads, context.CancellationToken))
            {
                await responseStream.WriteAsync(
                    new TailRecordsResponse { Record = AuditMessages.Of(record.Event, record.Chain, record.Sequence) },
                    context.CancellationToken
                );
            }
        } while (await timer.WaitForNextTickAsync(context.CancellationToken));
    }

    public override async Task<GetRecordResponse> GetRecord(GetRecordRequest request, ServerCallContext context)
    {
        var id = Guid.TryParse(request.Id, out var parsed) ? parsed : throw ServiceException.Invalid("id", "must be a UUID");
        var (body, chained) =
            await new RecordReader(_dataSource).FindAsync(id, context.CancellationToken)
            ?? throw new ServiceException(Fault.AuditRecordNotFound, "There is no such record.");
        var response = new GetRecordResponse
        {
            Record = AuditMessages.Of(RecordedEvent.Decode(body), chained?.Chain, chained?.Sequence ?? 0),
            EventDer = ByteString.CopyFrom(body),
        };
        await using var connection = await _dataSource.OpenConnectionAsync(context.CancellationToken);
        if (chained is null || await CheckpointStore.ReadAsync(connection, number: null, context.CancellationToken) is not { } checkpoint)
        {
            return response;
        }

        response.RecordDer = ByteString.CopyFrom(chained.Encode());
        try
        {
            var tree = new DatabaseTree(connection, checkpoint.Checkpoint.TreeSize);
            var proven = await RecordReader.ProveAsync(connection, tree, checkpoint.Checkpoint, id, context.CancellationToken);
            response.LeafIndex = proven.LeafIndex;
            response.InclusionProof.AddRange(proven.Proof.Select(hash => ByteString.CopyFrom(hash)));
            response.Checkpoint = AuditMessages.Of(checkpoint);
        }
        catch (ServiceException notYet) when (notYet.Fault == Fault.AuditNotCheckpointed)
        {
            // Said by the empty proof.
        }

        return response;
    }

    public override async Task<ListCheckpointsResponse> ListCheckpoints(ListCheckpointsRequest request, ServerCallContext context)
    {
        var size = PageSize(request.PageSize);
        var after = 0L;
        if (request.PageToken.Length > 0 && !long.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            throw new ServiceException(Fault.PageTokenInvalid, "The page token is not one of this call.");
        }

        await using var connection = await _dataSource.OpenConnectionAsync(context.CancellationToken);
        var checkpoints = await CheckpointStore.ListAsync(connection, after, size, context.CancellationToken);
        var response = new ListCheckpointsResponse
        {
            NextPageToken = checkpoints.Count == size ? checkpoints[^1].Checkpoint.Number.ToString(CultureInfo.InvariantCulture) : "",
        };
        response.Checkpoints.AddRange(checkpoints.Select(AuditMessages.Of));
        return response;
    }

    public override async Task<CreateCheckpointResponse> CreateCheckpoint(CreateCheckpointRequest request, ServerCallContext context) =>
        new() { Checkpoint = AuditMessages.Of(await schedule.MakeNowAsync(context.CancellationToken)) };

    public override async Task<GetConsistencyProofResponse> GetConsistencyProof(
        GetConsistencyProofRequest request,
        ServerCallContext context
    )
    {
        if (request.FirstNumber < 1 || request.FirstNumber > request.SecondNumber)
        {
            throw ServiceException.Invalid("first_number", "must be 1 or more and not above second_number");
        }

        await using var connection = await _dataSource.OpenConnectionAsync(context.CancellationToken);
        var first = await CheckpointAsync(connection, request.FirstNumber, context.CancellationToken);
        var second = await CheckpointAsync(connection, request.SecondNumber, context.CancellationToken);
        var tree = new DatabaseTree(connection, second.Checkpoint.TreeSize);
        var proof = await MerkleProof.ConsistencyAsync(
            tree,
            first.Checkpoint.TreeSize,
            second.Checkpoint.TreeSize,
            context.CancellationToken
        );
        var response = new GetConsistencyProofResponse { First = AuditMessages.Of(first), Second = AuditMessages.Of(second) };
        response.Proof.AddRange(proof.Select(hash => ByteString.CopyFrom(hash)));
        return response;
    }

    public override async Task ExportLog(
        ExportLogRequest request,
        IServerStreamWriter<ExportLogResponse> responseStream,
        ServerCallContext context
    )
    {
        await RecordAsync(context, "log.exported", "log", "all");
        using var buffer = new MemoryStream();
        await foreach (var item in new LogExporter(_dataSource).ExportAsync(context.CancellationToken))
        {
            buffer.Write(item.Encode());
            if (buffer.Length >= ChunkSize)
            {
                await SendAsync();
            }
        }

        await SendAsync();

        async Task SendAsync()
        {
            await responseStream.WriteAsync(
                new ExportLogResponse { Chunk = ByteString.CopyFrom(buffer.GetBuffer(), 0, (int)buffer.Length) },
                context.CancellationToken
            );
            buffer.SetLength(0);
        }
    }

    public override async Task ExportEvidence(
        ExportEvidenceRequest request,
        IServerStreamWriter<ExportEvidenceResponse> responseStream,
        ServerCallContext context
    )
    {
        await log.LinkAsync(context.CancellationToken);
        await schedule.MakeNowAsync(context.CancellationToken);
        var exporter = new EvidenceExporter(_dataSource, time);
        var bundle = await exporter.ExportAsync(
            request.ObjectType,
            request.ObjectId,
            request.IncludePersonalData,
            context.CancellationToken
        );
        await RecordAsync(
            context,
            request.IncludePersonalData ? "evidence.exported_with_personal_data" : "evidence.exported",
            request.ObjectType,
            request.ObjectId
        );
        foreach (var chunk in bundle.Write().Chunk(ChunkSize))
        {
            await responseStream.WriteAsync(new ExportEvidenceResponse { Chunk = ByteString.CopyFrom(chunk) }, context.CancellationToken);
        }
    }

    public override async Task<ErasePersonalDataResponse> ErasePersonalData(ErasePersonalDataRequest request, ServerCallContext context)
    {
        if (request.PersonId.Length == 0 || request.Reason.Length == 0)
        {
            throw ServiceException.Invalid(request.PersonId.Length == 0 ? "person_id" : "reason", "is missing");
        }

        var erased = await new PersonalData(log).EraseAsync(
            request.PersonId,
            request.Reason,
            context.GetCaller().Name,
            context.GetCorrelationId(),
            context.CancellationToken
        );
        return new ErasePersonalDataResponse { ErasedItems = erased };
    }

    private static async Task<StoredCheckpoint> CheckpointAsync(
        NpgsqlConnection connection,
        long number,
        CancellationToken cancellationToken
    ) =>
        await CheckpointStore.ReadAsync(connection, number, cancellationToken)
        ?? throw new ServiceException(Fault.AuditCheckpointNotFound, $"There is no checkpoint {number}.");

    private static int PageSize(int asked) =>
        asked switch
        {
            0 => DefaultPageSize,
            > 0 and <= MaxPageSize => asked,
            _ => throw ServiceException.Invalid("page_size", $"must be 1 to {MaxPageSize}, or 0 for {DefaultPageSize}"),
        };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private Task RecordAsync(ServerCallContext context, string action, string objectType, string objectId) =>
        log.AppendAsync(
            new AuditEvent
            {
                Action = action,
                Caller = context.GetCaller().Name,
                ObjectType = objectType,
                ObjectId = objectId,
                Outcome = AuditOutcome.Succeeded,
                CorrelationId = context.GetCorrelationId(),
            },
            context.CancellationToken
        );
}
