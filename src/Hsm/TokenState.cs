namespace EContract.Hsm;

public enum TokenState
{
    /// <summary>Everything works.</summary>
    Ready,

    /// <summary>Calls are served, but something is wrong: calls hang, or the token gives faults.</summary>
    Degraded,

    /// <summary>The module is being initialised anew; calls wait.</summary>
    Recovering,

    /// <summary>The token isn't there; calls are refused, and it is looked for again and again.</summary>
    Unavailable,

    Closed,
}
