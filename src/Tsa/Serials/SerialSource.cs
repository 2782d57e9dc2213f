namespace EContract.Tsa.Serials;

/// <summary>The epoch that this node takes serials from, once the database has given one.</summary>
public sealed class SerialSource
{
    private SerialEpoch? _epoch; // by Volatile; set once per lease

    /// <summary>null until a lease was committed: no token before.</summary>
    public SerialEpoch? Epoch
    {
        get => Volatile.Read(ref _epoch);
        set => Volatile.Write(ref _epoch, value);
    }
}
