namespace EContract.Hosting.PlainHttp;

/// <summary>Why a connection went to Kestrel.</summary>
internal enum HandOver
{
    /// <summary>It brought a request that is not plain.</summary>
    NotPlain,

    /// <summary>Nothing came for a while: Kestrel knows how long it may stay.</summary>
    Idle,

    /// <summary>Its reader was slow.</summary>
    SlowReader,

    /// <summary>There are as many plain connections as may be.</summary>
    Full,

    /// <summary>All threads are held up, by a token that hangs for example.</summary>
    Stalled,

    /// <summary>The answer could not be made.</summary>
    Failed,

    /// <summary>The server stops.</summary>
    Stopping,
}
