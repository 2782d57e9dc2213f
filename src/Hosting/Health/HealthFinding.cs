namespace EContract.Hosting.Health;

/// <summary>How one part of the node is.</summary>
public enum HealthState
{
    Healthy,

    /// <summary>Serves, but somebody should look.</summary>
    Degraded,

    /// <summary>Can't serve: the node is not ready.</summary>
    Unhealthy,
}

/// <summary>State of one part, and why.</summary>
public sealed record HealthFinding(HealthState State, string Reason)
{
    public static HealthFinding Healthy(string reason) => new(HealthState.Healthy, reason);

    public static HealthFinding Degraded(string reason) => new(HealthState.Degraded, reason);

    public static HealthFinding Unhealthy(string reason) => new(HealthState.Unhealthy, reason);
}
