using System.Formats.Asn1;

namespace EContract.Pki.Tsp;

/// <summary>Whether a token was granted, and why not.</summary>
/// <remarks>
/// RFC 3161 §2.4.2
/// <code>
/// PKIStatusInfo ::= SEQUENCE {
///   status        PKIStatus,
///   statusString  PKIFreeText OPTIONAL,      -- SEQUENCE SIZE (1..MAX) OF UTF8String
///   failInfo      PKIFailureInfo OPTIONAL }  -- BIT STRING
/// </code>
/// </remarks>
public sealed record PkiStatusInfo(PkiStatus Status, string? StatusString = null, PkiFailureInfo FailInfo = PkiFailureInfo.None)
{
    private const int HighestBit = 25;

    public static PkiStatusInfo Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        if (!sequence.TryReadInt32(out int status) || status is < 0 or > 5)
        {
            throw new MalformedException("RFC 3161 §2.4.2", "status is not a PKIStatus.");
        }

        string? text = null;
        if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            var lines = new List<string>(1);
            AsnReader freeText = sequence.ReadSequence();
            while (freeText.HasData)
            {
                lines.Add(freeText.ReadCharacterString(UniversalTagNumber.UTF8String));
            }

            text = string.Join('\n', lines);
        }

        PkiFailureInfo failure = sequence.HasData ? ReadFailInfo(sequence) : PkiFailureInfo.None;
        sequence.ThrowIfNotEmpty();
        return new PkiStatusInfo((PkiStatus)status, text, failure);
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)Status);
            if (StatusString is not null)
            {
                using (writer.PushSequence()) // PKIFreeText
                {
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, StatusString);
                }
            }

            if (FailInfo != PkiFailureInfo.None)
            {
                writer.WriteNamedBitList(FailInfo);
            }
        }
    }

    // Bits that are not in RFC 3161 are another protocol's and are skipped; trailing zero bits of foreign encoders too.
    private static PkiFailureInfo ReadFailInfo(AsnReader reader)
    {
        byte[] bits = reader.ReadBitString(out _);
        var info = PkiFailureInfo.None;
        for (int bit = 0; bit <= HighestBit && bit / 8 < bits.Length; bit++)
        {
            if ((bits[bit / 8] & (0x80 >> (bit % 8))) != 0 && Enum.IsDefined((PkiFailureInfo)(1 << bit)))
            {
                info |= (PkiFailureInfo)(1 << bit);
            }
        }

        return info;
    }
}
