namespace EContract.Hsm;

/// <summary>How the token is, why, and since when.</summary>
public sealed record TokenHealth(TokenState State, string Reason, DateTimeOffset Since)
{
    /// <summary>True if calls are likely to be served.</summary>
    public bool IsServing => State is TokenState.Ready or TokenState.Degraded;
}
