using System.Globalization;
using System.Text;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Signer.Archive;
using EContract.Signer.Archive.Augmentation;
using EContract.Signer.Archive.Deadlines;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Validation.Collection;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = EContract.Proto.Archive.V1;

namespace EContract.Signer.Grpc;

/// <summary>The archive's messages, from and to the wire.</summary>
internal static class ArchiveWire
{
    private const int MaxSelected = 200;

    public static ArchiveOrder Read(Wire.AugmentDescription description)
    {
        if (description.Signatures.Count > MaxSelected)
        {
            throw new ServiceException(Fault.TooManyItems, $"At most {MaxSelected} signatures can be named.", ("limit", $"{MaxSelected}"));
        }

        var level = description.Level switch
        {
            Wire.PreservationLevel.BT => ItemLevel.Timestamped,
            Wire.PreservationLevel.BLt => ItemLevel.LongTerm,
            Wire.PreservationLevel.BLta or Wire.PreservationLevel.Unspecified => ItemLevel.LongTermArchive,
            _ => throw ServiceException.Invalid("description.level", "B-T, B-LT or B-LTA."),
        };
        return new ArchiveOrder(
            new AugmentationOrder
            {
                Level = level,
                Signatures = [.. description.Signatures],
                PreserveEvidence = description.PreserveEvidence,
            },
            ContentDigests(description.ContentDigests)
        );
    }

    public static ArchiveOrder Read(Wire.RestampDescription description) =>
        new(
            new AugmentationOrder
            {
                Level = ItemLevel.LongTermArchive,
                Renew = true,
                PreserveEvidence = description.PreserveEvidence,
            },
            ContentDigests(description.ContentDigests)
        );

    public static Dictionary<string, byte[]> ContentDigests(IEnumerable<Wire.ContentDigest> given)
    {
        var digests = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var item in given)
        {
            var hash = Reading.Hash(item.DigestAlgorithm, "content_digests");
            if (item.Digest.Length != HashAlgorithms.DigestLength(hash) || !digests.TryAdd(hash.Name!, item.Digest.ToByteArray()))
            {
                throw new ServiceException(Fault.DigestInvalid, "content_digests: one digest of the right length for each algorithm.");
            }
        }

        return digests;
    }

    public static Wire.AugmentResult Summary(string name, long size, ArchiveResult result, ArchiveDocumentId? id, TimeSpan margin)
    {
        var wire = new Wire.AugmentResult
        {
            Name = name,
            Size = size,
            Digest = ByteString.CopyFrom(result.Digest),
            TimeStampsAdded = result.Augmented.TimeStamps,
            Deadline = Deadline(result.Protection.Deadline, margin),
            DocumentId = id?.Value ?? "",
        };
        wire.Missing.AddRange(result.Augmented.Missing.Select(Missing));
        foreach (var verdict in result.Verdicts)
        {
            var item = new Wire.Verdict
            {
                Name = verdict.Name,
                Indication = verdict.Indication,
                SubIndication = verdict.SubIndication,
            };
            item.Findings.AddRange(verdict.Findings);
            wire.Verdicts.Add(item);
        }

        return wire;
    }

    public static Wire.MissingItem Missing(MissingData missing) =>
        new() { Certificate = missing.Certificate.Tbs.Subject.ToString(), Reason = missing.Reason };

    public static Wire.TrustDeadline Deadline(TrustDeadline deadline, TimeSpan margin) =>
        new()
        {
            Time = deadline.Time.ToTimestamp(),
            Reason = Reason(deadline.Reason),
            Subject = deadline.Subject,
            RenewTime = (deadline.Time - margin).ToTimestamp(),
        };

    public static Wire.RegisteredDocument Document(ArchiveDocument row, TimeSpan margin) =>
        new()
        {
            DocumentId = row.Id.Value,
            Name = row.Name,
            Location = row.Location ?? "",
            Digest = ByteString.CopyFrom(row.Digest),
            Size = row.Size,
            Deadline = Deadline(new TrustDeadline(row.Deadline, row.DeadlineReason, row.DeadlineSubject), margin),
            RegisterTime = row.RegisteredAt.ToTimestamp(),
            RenewTime = row.RenewedAt?.ToTimestamp(),
            Renewals = row.Renewals,
        };

    public static Wire.GetPlanResponse Plan(IReadOnlyList<ArchiveForecastRow> rows, long overdue, DateTimeOffset now, int months)
    {
        var first = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var end = first.AddMonths(months);
        var plan = new Wire.GetPlanResponse { Overdue = overdue, Total = rows.Sum(r => r.Documents) };
        foreach (var row in rows)
        {
            if (row.Month >= end)
            {
                plan.Later += row.Documents;
                continue;
            }

            plan.Months.Add(
                new Wire.PlannedMonth
                {
                    Month = row.Month.ToTimestamp(),
                    Reason = Reason(System.Enum.Parse<DeadlineReason>(row.Reason)),
                    Documents = row.Documents,
                    Size = row.Size,
                }
            );
        }

        return plan;
    }

    /// <summary>A place in the list by deadline and id.</summary>
    public static string Page(ArchiveDocument last) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.Deadline.UtcTicks}/{last.Id}")));

    public static (DateTimeOffset Deadline, string Id)? ReadPage(string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        var bytes = new byte[token.Length];
        if (
            Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split('/') is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value <= DateTimeOffset.MaxValue.UtcTicks
        )
        {
            return (new DateTimeOffset(value, TimeSpan.Zero), id);
        }

        throw new ServiceException(Fault.PageTokenInvalid, "The page token was not given out by this call.");
    }

    public static AuditEvent Event(CallOrigin call, string action, ArchiveDocumentId? id, ArchiveResult result) =>
        ArchiveEvents.Of(
            call,
            action,
            id?.Value ?? "",
            ("digest", Convert.ToHexStringLower(result.Digest)),
            ("time_stamps", result.Augmented.TimeStamps.ToString(CultureInfo.InvariantCulture)),
            ("missing", result.Augmented.Missing.Count.ToString(CultureInfo.InvariantCulture)),
            ("deadline", $"{result.Protection.Deadline.Time:O}")
        );

    private static Wire.DeadlineReason Reason(DeadlineReason reason) =>
        reason switch
        {
            DeadlineReason.TimestampCertificate => Wire.DeadlineReason.TimestampCertificate,
            DeadlineReason.SignerCertificate => Wire.DeadlineReason.SignerCertificate,
            DeadlineReason.Algorithm => Wire.DeadlineReason.Algorithm,
            _ => Wire.DeadlineReason.Revocation,
        };
}
