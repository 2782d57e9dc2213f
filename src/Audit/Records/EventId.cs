namespace EContract.Audit.Records;

/// <summary>
/// Identities of events: UUIDv7 whose twelve bits after the millisecond are its fraction (RFC 9562 §6.2, method 3), so that the order
/// of a node's ids is the order of its events, and an index on them grows at its end.
/// </summary>
internal static class EventId
{
    public static Guid Create(DateTimeOffset time)
    {
        Span<byte> id = stackalloc byte[16];
        Guid.CreateVersion7(time).TryWriteBytes(id, bigEndian: true, out _);
        var fraction = time.UtcTicks % TimeSpan.TicksPerMillisecond * 4096 / TimeSpan.TicksPerMillisecond;
        id[6] = (byte)(0x70 | (fraction >> 8));
        id[7] = (byte)fraction;
        return new Guid(id, bigEndian: true);
    }

    /// <summary>Not above any id of this millisecond or later.</summary>
    public static Guid FirstOf(DateTimeOffset time)
    {
        Span<byte> id = stackalloc byte[16];
        id.Clear();
        var milliseconds = time.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
        {
            id[i] = (byte)(milliseconds >> (8 * (5 - i)));
        }

        return new Guid(id, bigEndian: true);
    }
}
