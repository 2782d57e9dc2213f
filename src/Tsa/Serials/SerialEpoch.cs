using System.Buffers.Binary;

namespace EContract.Tsa.Serials;

/// <summary>
/// Serial numbers of one run of one node: a number that the database gives out once, a random tag, and a counter. No two runs
/// share an epoch, so no token needs the database; the tag keeps serials apart even if a database was restored from an old backup.
/// </summary>
/// <remarks>
/// 16 octets, the first bit 0 and the second 1, so that the INTEGER is positive and always as long (RFC 3161 §2.4.2 allows 160 bits):
/// <code>
/// epoch (5 octets, 2^38 added) | tag (4 octets) | counter (7 octets)
/// </code>
/// </remarks>
public sealed class SerialEpoch
{
    public const int Length = 16;
    private const int CounterOctets = 7;
    private const long MaxEpoch = (1L << 38) - 1;
    private const long MaxCounter = (1L << (8 * CounterOctets)) - 1;

    private readonly byte[] _prefix; // epoch and tag
    private long _counter; // by Interlocked

    public SerialEpoch(long epoch, uint tag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, MaxEpoch);
        Epoch = epoch;
        Tag = tag;
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, epoch | (1L << 38));
        _prefix = new byte[Length - CounterOctets];
        number[3..].CopyTo(_prefix);
        BinaryPrimitives.WriteUInt32BigEndian(_prefix.AsSpan(5), tag);
    }

    public long Epoch { get; }

    public uint Tag { get; }

    /// <summary>How many serials were taken.</summary>
    public long Count => Volatile.Read(ref _counter);

    /// <summary>Writes the content octets of the next serial; returns its counter, from 1.</summary>
    public long Next(Span<byte> destination)
    {
        long counter = Interlocked.Increment(ref _counter);
        Write(counter, destination);
        return counter;
    }

    /// <summary>The content octets of the serial with this counter.</summary>
    public void Write(long counter, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(counter, MaxCounter);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, counter);
        _prefix.CopyTo(destination);
        number[1..].CopyTo(destination[_prefix.Length..]);
    }
}
