using System.Formats.Asn1;
using EContract.Audit.Records;

namespace EContract.Audit.Export;

/// <summary>One item of an exported log.</summary>
/// <remarks>
/// An exported log (<c>*.econtract-audit</c>) is a sequence of DER values, in the order in which the tree was built: the records of a
/// checkpoint's ranges, the checkpoint, the records of the next one … and at the end the records that no checkpoint covers yet.
/// <code>
/// LogItem ::= CHOICE {
///   record     [0] IMPLICIT SEQUENCE { record AuditRecord, hash OCTET STRING, event OCTET STRING },  -- event: DER AuditEvent
///   checkpoint [1] IMPLICIT OCTET STRING,                                                           -- CMS ContentInfo
///   unlinked   [2] IMPLICIT OCTET STRING }                                                          -- DER AuditEvent without a record
/// </code>
/// </remarks>
public abstract record LogItem
{
    private static readonly Asn1Tag RecordTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag CheckpointTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag UnlinkedTag = new(TagClass.ContextSpecific, 2);

    private LogItem() { }

    /// <summary>A record with its event.</summary>
    /// <param name="Chained">The record; its event digest is computed from <paramref name="Event"/>.</param>
    /// <param name="StoredHash">What the database holds as the record's hash.</param>
    /// <param name="Event">DER AuditEvent.</param>
    public sealed record Record(ChainRecord Chained, ReadOnlyMemory<byte> StoredHash, ReadOnlyMemory<byte> Event) : LogItem;

    /// <summary>A checkpoint.</summary>
    public sealed record SignedCheckpoint(ReadOnlyMemory<byte> Cms) : LogItem;

    /// <summary>An event that was committed and not linked yet.</summary>
    public sealed record Unlinked(ReadOnlyMemory<byte> Event) : LogItem;

    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        switch (this)
        {
            case Record record:
                using (writer.PushSequence(RecordTag))
                {
                    writer.WriteEncodedValue(record.Chained.Encode());
                    writer.WriteOctetString(record.StoredHash.Span);
                    writer.WriteOctetString(record.Event.Span);
                }

                break;
            case SignedCheckpoint checkpoint:
                writer.WriteOctetString(checkpoint.Cms.Span, CheckpointTag);
                break;
            case Unlinked unlinked:
                writer.WriteOctetString(unlinked.Event.Span, UnlinkedTag);
                break;
        }

        return writer.Encode();
    }

    /// <exception cref="AsnContentException">This is not an item of a log.</exception>
    public static LogItem Decode(ReadOnlyMemory<byte> der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var tag = reader.PeekTag();
        if (tag == CheckpointTag)
        {
            return new SignedCheckpoint(reader.ReadOctetString(CheckpointTag));
        }

        if (tag == UnlinkedTag)
        {
            return new Unlinked(reader.ReadOctetString(UnlinkedTag));
        }

        var record = reader.ReadSequence(RecordTag);
        var item = new Record(ChainRecord.Decode(record.ReadEncodedValue()), record.ReadOctetString(), record.ReadOctetString());
        record.ThrowIfNotEmpty();
        return item;
    }
}
