using System.Formats.Asn1;

namespace EContract.Audit.Records;

/// <summary>An <see cref="AuditEvent"/> as it is recorded: with its identity, time and node, in canonical form.</summary>
/// <remarks>
/// The canonical form is DER (X.690 §10), which is deterministic and which every ASN.1 tool can show:
/// <code>
/// AuditEvent ::= SEQUENCE {
///   version        INTEGER { v1(1) },
///   id             OCTET STRING (SIZE(16)),           -- UUID, RFC 9562 §5.7, network byte order
///   time           GeneralizedTime,                   -- UTC, microseconds
///   node           UTF8String,
///   action         UTF8String,
///   caller         UTF8String,
///   onBehalfOf [0] IMPLICIT UTF8String OPTIONAL,
///   objectType     UTF8String,
///   objectId       UTF8String,
///   outcome        ENUMERATED { succeeded(1), refused(2), failed(3), intended(4) },
///   correlationId  UTF8String,
///   details        SEQUENCE OF Detail }               -- ascending by name in UTF-8 bytes, each name once
/// Detail ::= SEQUENCE { name UTF8String, value UTF8String }
/// </code>
/// </remarks>
public sealed record RecordedEvent
{
    private static readonly Asn1Tag OnBehalfOfTag = new(TagClass.ContextSpecific, 0);

    public required Guid Id { get; init; }

    /// <summary>UTC, truncated to microseconds.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string Node { get; init; }

    public required string Action { get; init; }

    public required string Caller { get; init; }

    public string? OnBehalfOf { get; init; }

    public required string ObjectType { get; init; }

    public required string ObjectId { get; init; }

    public required AuditOutcome Outcome { get; init; }

    public required string CorrelationId { get; init; }

    /// <summary>Details, with the commitments to personal data and attachments.</summary>
    public required IReadOnlyDictionary<string, string> Details { get; init; }

    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence()) // AuditEvent
        {
            writer.WriteInteger(1);
            Span<byte> id = stackalloc byte[16];
            Id.TryWriteBytes(id, bigEndian: true, out _);
            writer.WriteOctetString(id);
            writer.WriteGeneralizedTime(Time);
            Utf8(writer, Node);
            Utf8(writer, Action);
            Utf8(writer, Caller);
            if (OnBehalfOf is not null)
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, OnBehalfOf, OnBehalfOfTag);
            }

            Utf8(writer, ObjectType);
            Utf8(writer, ObjectId);
            writer.WriteEnumeratedValue(Outcome);
            Utf8(writer, CorrelationId);
            using (writer.PushSequence()) // details
            {
                foreach (var (name, value) in Details.OrderBy(detail => detail.Key, Utf8Order.Instance))
                {
                    using (writer.PushSequence())
                    {
                        Utf8(writer, name);
                        Utf8(writer, value);
                    }
                }
            }
        }

        return writer.Encode();
    }

    /// <exception cref="AsnContentException">These bytes are not the canonical form of an event.</exception>
    public static RecordedEvent Decode(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        Canonical.RequireVersion1(reader);
        var id = reader.ReadOctetString();
        Canonical.Require(id.Length == 16, "AuditEvent.id is not 16 octets long.");
        var decoded = new RecordedEvent
        {
            Id = new Guid(id, bigEndian: true),
            Time = Canonical.ReadTime(reader),
            Node = Utf8(reader),
            Action = Utf8(reader),
            Caller = Utf8(reader),
            OnBehalfOf =
                reader.PeekTag() == OnBehalfOfTag ? reader.ReadCharacterString(UniversalTagNumber.UTF8String, OnBehalfOfTag) : null,
            ObjectType = Utf8(reader),
            ObjectId = Utf8(reader),
            Outcome = reader.ReadEnumeratedValue<AuditOutcome>(),
            CorrelationId = Utf8(reader),
            Details = ReadDetails(reader.ReadSequence()),
        };
        reader.ThrowIfNotEmpty();
        return decoded;
    }

    private static Dictionary<string, string> ReadDetails(AsnReader reader)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        string? last = null;
        while (reader.HasData)
        {
            var detail = reader.ReadSequence();
            var name = Utf8(detail);
            Canonical.Require(last is null || Utf8Order.Instance.Compare(last, name) < 0, "AuditEvent.details are not in ascending order.");
            details.Add(name, Utf8(detail));
            detail.ThrowIfNotEmpty();
            last = name;
        }

        return details;
    }

    private static void Utf8(AsnWriter writer, string value) => writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);

    private static string Utf8(AsnReader reader) => reader.ReadCharacterString(UniversalTagNumber.UTF8String);
}
