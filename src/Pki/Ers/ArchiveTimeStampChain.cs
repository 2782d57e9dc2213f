using System.Formats.Asn1;

namespace EContract.Pki.Ers;

/// <summary>Archive time-stamps of one hash algorithm, each covering the one before; the oldest first.</summary>
/// <remarks>
/// RFC 4998 §5.1
/// <code>
/// ArchiveTimeStampChain ::= SEQUENCE OF ArchiveTimeStamp
/// </code>
/// </remarks>
public sealed record ArchiveTimeStampChain(IReadOnlyList<ArchiveTimeStamp> TimeStamps)
{
    public static ArchiveTimeStampChain Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        var timeStamps = new List<ArchiveTimeStamp>(1);
        while (sequence.HasData)
        {
            timeStamps.Add(ArchiveTimeStamp.Decode(sequence));
        }

        return timeStamps.Count > 0
            ? new ArchiveTimeStampChain(timeStamps)
            : throw new MalformedException("RFC 4998 §5.1", "A chain has at least one archive time-stamp.");
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (ArchiveTimeStamp timeStamp in TimeStamps)
            {
                timeStamp.Encode(writer);
            }
        }
    }
}
