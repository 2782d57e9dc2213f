namespace EContract.Hosting.Lifetime;

/// <summary>How the node stops, section <c>Lifetime</c>.</summary>
public sealed class LifetimeOptions
{
    /// <summary>Between readiness falling and the port closing: as long as load balancers need to notice.</summary>
    public TimeSpan StopDelay { get; set; } = TimeSpan.Zero;
}
