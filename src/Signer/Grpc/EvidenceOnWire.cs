using System.Text;
using EContract.Pki.Ers;
using EContract.Signer.Archive.Evidence;
using EContract.Signer.Store;
using Google.Protobuf.WellKnownTypes;
using Wire = EContract.Proto.Archive.V1;

namespace EContract.Signer.Grpc;

/// <summary>Evidence and jobs on the wire.</summary>
internal static class EvidenceOnWire
{
    public static Wire.Batch ToWire(this EvidenceBatchRow batch) =>
        new()
        {
            BatchId = batch.Id,
            DigestAlgorithm = batch.Hash,
            State = System.Enum.Parse<Wire.BatchState>(batch.State),
            Size = batch.Size,
            OpenTime = batch.OpenedAt.ToTimestamp(),
            CloseTime = batch.ClosedAt?.ToTimestamp(),
            StampTime = batch.StampedAt?.ToTimestamp(),
        };

    public static Wire.VerifyRecordResponse ToWire(this EvidenceVerdict verdict)
    {
        var response = new Wire.VerifyRecordResponse
        {
            Valid = verdict.IsValid,
            Problem = Name(verdict.Check.Problem),
            Chain = verdict.Check.Chain,
            Position = verdict.Check.Position,
            ExistedTime = verdict.IsValid ? verdict.Check.ExistedAt?.ToTimestamp() : null,
            RenewByTime = verdict.RenewBy?.ToTimestamp(),
            BrokenTimestamp = verdict.BrokenTimeStamp ?? -1,
            Detail = verdict.Detail ?? "",
        };
        response.Timestamps.AddRange(
            verdict.Check.TimeStamps.Select(stamp => new Wire.EvidenceTimestamp
            {
                Chain = stamp.Chain,
                Position = stamp.Position,
                Time = stamp.Token.TstInfo.GenTime.ToTimestamp(),
                ValidAt = stamp.ValidAt?.ToTimestamp(),
            })
        );
        return response;
    }

    public static Wire.JobRun ToWire(this JobRunRow run) =>
        new()
        {
            RunId = run.Id,
            Job = run.Job,
            Node = run.Node,
            State = System.Enum.Parse<Wire.JobState>(run.State),
            Done = run.Done,
            Total = run.Total,
            StartTime = run.StartedAt.ToTimestamp(),
            UpdateTime = run.UpdatedAt.ToTimestamp(),
            EndTime = run.EndedAt?.ToTimestamp(),
            Detail = run.Detail,
        };

    /// <summary>DataObjectNotCovered → DATA_OBJECT_NOT_COVERED.</summary>
    private static string Name(EvidenceProblem problem)
    {
        var name = new StringBuilder();
        foreach (var c in problem.ToString())
        {
            if (char.IsAsciiLetterUpper(c) && name.Length > 0)
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(c));
        }

        return name.ToString();
    }
}
