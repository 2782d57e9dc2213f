namespace EContract.Hosting.Lifetime;

/// <summary>Whether this node takes new work. It falls first when the node stops, so that load balancers turn away before the port closes.</summary>
public sealed class Readiness
{
    private volatile bool _started;
    private volatile bool _stopping;

    public bool IsStopping => _stopping;

    /// <summary>Why the node takes no new work; null when it does.</summary>
    public string? Obstacle =>
        _stopping ? "The node is stopping."
        : _started ? null
        : "The node is starting.";

    internal void Rise() => _started = true;

    internal void Fall() => _stopping = true;
}
