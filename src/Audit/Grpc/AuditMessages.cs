using EContract.Audit.Checkpoints;
using EContract.Audit.Records;
using EContract.Proto.Audit.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace EContract.Audit.Grpc;

/// <summary>The log's values as messages.</summary>
internal static class AuditMessages
{
    public static Record Of(RecordedEvent recorded, string? chain, long sequence)
    {
        var message = new Record
        {
            Id = recorded.Id.ToString(),
            Time = Timestamp.FromDateTimeOffset(recorded.Time),
            Node = recorded.Node,
            Action = recorded.Action,
            Caller = recorded.Caller,
            OnBehalfOf = recorded.OnBehalfOf ?? "",
            ObjectType = recorded.ObjectType,
            ObjectId = recorded.ObjectId,
            Outcome = (Outcome)recorded.Outcome,
            CorrelationId = recorded.CorrelationId,
            Chain = chain ?? "",
            Sequence = sequence,
        };
        foreach (var (name, value) in recorded.Details)
        {
            message.Details.Add(name, value);
        }

        return message;
    }

    public static CheckpointInfo Of(StoredCheckpoint stored) =>
        new()
        {
            Number = stored.Checkpoint.Number,
            TreeSize = stored.Checkpoint.TreeSize,
            Root = ByteString.CopyFrom(stored.Checkpoint.Root.Span),
            MakeTime = Timestamp.FromDateTimeOffset(stored.Checkpoint.MadeAt),
            Cms = ByteString.CopyFrom(stored.Cms.Span),
        };
}
