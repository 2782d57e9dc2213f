using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Audit.Evidence;
using EContract.Audit.Merkle;
using EContract.Audit.Records;

namespace EContract.Audit.Verification;

/// <summary>
/// Verifies an evidence bundle offline with nothing but the root certificates: checkpoint signature and time-stamp, inclusion of each
/// record, attachments and opened personal data against their commitments, and the signatures among the attachments.
/// </summary>
public sealed class EvidenceVerifier
{
    private readonly EvidenceBundle _bundle;
    private readonly TrustOptions _trust;
    private readonly List<Finding> _findings = [];
    private readonly List<string> _proven = [];

    private EvidenceVerifier(EvidenceBundle bundle, TrustOptions trust) => (_bundle, _trust) = (bundle, trust);

    public static EvidenceReport Verify(EvidenceBundle bundle, TrustOptions trust)
    {
        var verifier = new EvidenceVerifier(bundle, trust);
        verifier.Run();
        return new EvidenceReport { Findings = verifier._findings, Proven = verifier._proven };
    }

    private void Run()
    {
        var verdict = CheckpointSignature.Verify(File(_bundle.Manifest.Checkpoint), _trust);
        if (verdict.Fault is not null || verdict.Checkpoint is not { } checkpoint)
        {
            _findings.Add(new Finding("checkpoint", verdict.Fault ?? "can't be read."));
            return;
        }

        _proven.Add(
            verdict.StampedAt is { } at
                ? $"Checkpoint {checkpoint.Number} over {checkpoint.TreeSize} records was signed by '{verdict.Signer}' and existed at {at:yyyy-MM-dd HH:mm:ss} UTC (time-stamp)."
                : $"Checkpoint {checkpoint.Number} over {checkpoint.TreeSize} records was signed by '{verdict.Signer}', which says at {checkpoint.MadeAt:yyyy-MM-dd HH:mm:ss} UTC (no time-stamp)."
        );
        if (_bundle.Manifest.Records.Count == 0)
        {
            _findings.Add(new Finding("manifest", "names no records."));
        }

        var about = false;
        foreach (var record in _bundle.Manifest.Records)
        {
            about |=
                VerifyRecord(record, checkpoint.TreeSize, checkpoint.Root.Span) is { } recorded
                && recorded.ObjectType == _bundle.Manifest.ObjectType
                && recorded.ObjectId == _bundle.Manifest.ObjectId;
        }

        if (!about)
        {
            _findings.Add(
                new Finding("manifest", $"none of the proven records is about {_bundle.Manifest.ObjectType} {_bundle.Manifest.ObjectId}.")
            );
        }
    }

    private RecordedEvent? VerifyRecord(EvidenceRecord record, long treeSize, ReadOnlySpan<byte> root)
    {
        try
        {
            var eventDer = File(record.Event);
            var recordDer = File(record.Record);
            var chained = ChainRecord.Decode(recordDer);
            var recorded = RecordedEvent.Decode(eventDer);
            if (!chained.EventDigest.Span.SequenceEqual(SHA256.HashData(eventDer)))
            {
                _findings.Add(new Finding(record.Event, "is not the event that its record was made for."));
                return null;
            }

            if (!MerkleProof.VerifyInclusion(record.LeafIndex, treeSize, ChainRecord.Hash(recordDer), record.InclusionProof, root))
            {
                _findings.Add(new Finding(record.Record, "is not in the log that the checkpoint signed."));
                return null;
            }

            var behalf = recorded.OnBehalfOf is null ? "" : $" on behalf of {recorded.OnBehalfOf}";
            _proven.Add(
                $"{recorded.Time:yyyy-MM-dd HH:mm:ss.fff} UTC: {recorded.Caller}{behalf}: {recorded.Action} on {recorded.ObjectType} {recorded.ObjectId}: {recorded.Outcome.ToString().ToLowerInvariant()}"
                    + $" (chain {chained.Chain}, record {chained.Sequence}){Facts(recorded)}"
            );
            VerifyPersonal(record, recorded);
            VerifyAttachments(record, recorded);
            return recorded;
        }
        catch (AsnContentException exception)
        {
            _findings.Add(new Finding(record.Record, $"can't be decoded: {exception.Message}"));
            return null;
        }
    }

    private static string Facts(RecordedEvent recorded)
    {
        var facts = recorded
            .Details.Where(detail => !IsCommitment(detail.Key))
            .OrderBy(detail => detail.Key, StringComparer.Ordinal)
            .Select(detail => $"{detail.Key}={detail.Value}");
        return string.Join(", ", facts) is { Length: > 0 } text ? $"; {text}" : "";
    }

    private static bool IsCommitment(string name) =>
        name.StartsWith(Commitment.PersonalPrefix, StringComparison.Ordinal)
        || name.StartsWith(Commitment.AttachmentPrefix, StringComparison.Ordinal);

    private void VerifyPersonal(EvidenceRecord record, RecordedEvent recorded)
    {
        foreach (var personal in record.Personal)
        {
            if (
                recorded.Details.GetValueOrDefault(Commitment.PersonalPrefix + personal.Name)
                != Commitment.OfPersonal(personal.Salt, personal.Name, personal.Value)
            )
            {
                _findings.Add(new Finding(record.Event, $"did not record this {personal.Name}."));
            }
            else
            {
                _proven.Add($"Its {personal.Name} was '{personal.Value}'.");
            }
        }
    }

    private void VerifyAttachments(EvidenceRecord record, RecordedEvent recorded)
    {
        foreach (var attachment in record.Attachments)
        {
            var content = File(attachment.File);
            if (recorded.Details.GetValueOrDefault(Commitment.AttachmentPrefix + attachment.Name) != Commitment.OfAttachment(content))
            {
                _findings.Add(new Finding(attachment.File, "is not the file that was recorded."));
                continue;
            }

            var (statement, fault) = AttachmentVerifier.Judge(attachment, content, recorded, _trust);
            if (fault is not null)
            {
                _findings.Add(new Finding(attachment.File, fault));
            }
            else
            {
                _proven.Add(statement!);
            }
        }

        var absent = recorded
            .Details.Keys.Where(name => name.StartsWith(Commitment.AttachmentPrefix, StringComparison.Ordinal))
            .Select(name => name[Commitment.AttachmentPrefix.Length..])
            .Except(record.Attachments.Select(attachment => attachment.Name));
        foreach (var name in absent)
        {
            _proven.Add($"It had an attachment '{name}', which is not shown here (erased, or withheld).");
        }
    }

    private byte[] File(string name)
    {
        if (_bundle.Files.TryGetValue(name, out var content))
        {
            return content;
        }

        _findings.Add(new Finding(name, "is missing in the bundle."));
        return [];
    }
}
