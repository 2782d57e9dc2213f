namespace EContract.Tsa.Serials;

/// <summary>The epoch that this node takes serials from, once the database has given one.</summary>
public sealed class SerialSource
{
    private SerialEpoch? _epoch; // by Volatile; set once, by the lease
    private volatile bool _isSuspended; // set by the evidence

    /// <summary>null until a lease was committed: no token before.</summary>
    public SerialEpoch? Epoch
    {
        get => Volatile.Read(ref _epoch);
        set => Volatile.Write(ref _epoch, value);
    }

    /// <summary>The audit log has been away for too long: no serial is given until it is back.</summary>
    public bool IsSuspended
    {
        get => _isSuspended;
        set => _isSuspended = value;
    }
}
