using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit.Records;

namespace EContract.Audit.Appending;

/// <summary>An event ready to be inserted: canonical bytes, and what is kept beside the chain.</summary>
internal sealed class PreparedEvent
{
    public const int MaxBodySize = 256 * 1024;
    public const int MaxAttachmentSize = 1024 * 1024;

    private PreparedEvent(RecordedEvent recorded, byte[] body, List<PersonalRow> personal, AuditEvent source)
    {
        Recorded = recorded;
        Body = body;
        Digest = SHA256.HashData(body);
        Personal = personal;
        Source = source;
    }

    public RecordedEvent Recorded { get; }

    /// <summary>DER AuditEvent.</summary>
    public byte[] Body { get; }

    /// <summary>SHA-256 of <see cref="Body"/>.</summary>
    public byte[] Digest { get; }

    public List<PersonalRow> Personal { get; }

    public IReadOnlyList<AuditAttachment> Attachments => Source.Attachments;

    public string? PersonId => Source.PersonId;

    public bool HasSideRows => Personal.Count > 0 || Attachments.Count > 0;

    private AuditEvent Source { get; }

    public static PreparedEvent From(AuditEvent source, string node, TimeProvider time)
    {
        var now = Canonical.Microseconds(time.GetUtcNow());
        var details = new Dictionary<string, string>(
            source.Details.Count + source.Personal.Count + source.Attachments.Count,
            StringComparer.Ordinal
        );
        foreach (var (name, value) in source.Details)
        {
            if (
                name.StartsWith(Commitment.PersonalPrefix, StringComparison.Ordinal)
                || name.StartsWith(Commitment.AttachmentPrefix, StringComparison.Ordinal)
            )
            {
                throw new ArgumentException($"The detail name '{name}' is reserved.", nameof(source));
            }

            details.Add(Canonical.Clean(name), Canonical.Clean(value));
        }

        var personal = Commit(source, details);
        foreach (var attachment in source.Attachments)
        {
            if (attachment.Content.Length > MaxAttachmentSize)
            {
                throw new ArgumentException($"Attachment '{attachment.Name}' is longer than {MaxAttachmentSize} bytes.", nameof(source));
            }

            details.Add(Commitment.AttachmentPrefix + attachment.Name, Commitment.OfAttachment(attachment.Content.Span));
        }

        var recorded = new RecordedEvent
        {
            Id = EventId.Create(now),
            Time = now,
            Node = node,
            Action = Canonical.Clean(source.Action),
            Caller = Canonical.Clean(source.Caller),
            OnBehalfOf = source.OnBehalfOf is null ? null : Canonical.Clean(source.OnBehalfOf),
            ObjectType = Canonical.Clean(source.ObjectType),
            ObjectId = Canonical.Clean(source.ObjectId),
            Outcome = source.Outcome,
            CorrelationId = Canonical.Clean(source.CorrelationId),
            Details = details,
        };
        var body = recorded.Encode();
        return body.Length <= MaxBodySize
            ? new PreparedEvent(recorded, body, personal, source)
            : throw new ArgumentException(
                $"The event is {body.Length.ToString(CultureInfo.InvariantCulture)} bytes long; {MaxBodySize} are allowed.",
                nameof(source)
            );
    }

    private static List<PersonalRow> Commit(AuditEvent source, Dictionary<string, string> details)
    {
        if (source.PersonId is null && (source.Personal.Count > 0 || source.Attachments.Any(attachment => attachment.Personal)))
        {
            throw new ArgumentException("Personal data need the person they belong to, so that they can be erased.", nameof(source));
        }

        var rows = new List<PersonalRow>(source.Personal.Count);
        foreach (var (name, value) in source.Personal)
        {
            var row = new PersonalRow(name, RandomNumberGenerator.GetBytes(Commitment.SaltSize), Canonical.Clean(value));
            details.Add(Commitment.PersonalPrefix + name, Commitment.OfPersonal(row.Salt, name, row.Value));
            rows.Add(row);
        }

        return rows;
    }
}

/// <summary>A piece of personal data as it is kept apart.</summary>
internal sealed record PersonalRow(string Name, byte[] Salt, string Value);
