using System.Formats.Asn1;

namespace EContract.Pki.Tsp;

/// <summary>How far genTime may be from UTC, either way.</summary>
/// <remarks>
/// RFC 3161 §2.4.2
/// <code>
/// Accuracy ::= SEQUENCE {
///   seconds  INTEGER OPTIONAL,
///   millis   [0] INTEGER (1..999) OPTIONAL,
///   micros   [1] INTEGER (1..999) OPTIONAL }
/// </code>
/// A missing part is zero, so a zero part is left out.
/// </remarks>
public sealed record Accuracy(int Seconds, int Millis, int Micros)
{
    private static readonly Asn1Tag MillisTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag MicrosTag = new(TagClass.ContextSpecific, 1);

    public static Accuracy FromTimeSpan(TimeSpan accuracy) =>
        accuracy >= TimeSpan.Zero && accuracy.Nanoseconds == 0
            ? new Accuracy((int)accuracy.TotalSeconds, accuracy.Milliseconds, accuracy.Microseconds)
            : throw new ArgumentOutOfRangeException(nameof(accuracy), accuracy, "Whole microseconds, not negative.");

    public TimeSpan ToTimeSpan() => new(0, 0, 0, Seconds, Millis, Micros);

    public static Accuracy Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        int seconds = 0;
        if (
            sequence.HasData
            && sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Integer)
            && !(sequence.TryReadInt32(out seconds) && seconds >= 0)
        )
        {
            throw new MalformedException("RFC 3161 §2.4.2", "accuracy is out of range.");
        }

        int millis = ReadThousandths(sequence, MillisTag);
        int micros = ReadThousandths(sequence, MicrosTag);
        sequence.ThrowIfNotEmpty();
        return new Accuracy(seconds, millis, micros);
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            if (Seconds > 0)
            {
                writer.WriteInteger(Seconds);
            }

            if (Millis > 0)
            {
                writer.WriteInteger(Millis, MillisTag);
            }

            if (Micros > 0)
            {
                writer.WriteInteger(Micros, MicrosTag);
            }
        }
    }

    private static int ReadThousandths(AsnReader sequence, Asn1Tag tag)
    {
        if (!sequence.HasData || !sequence.PeekTag().HasSameClassAndValue(tag))
        {
            return 0;
        }

        return sequence.TryReadInt32(out int value, tag) && value is >= 1 and <= 999
            ? value
            : throw new MalformedException("RFC 3161 §2.4.2", "A part of accuracy is not in 1..999.");
    }
}
