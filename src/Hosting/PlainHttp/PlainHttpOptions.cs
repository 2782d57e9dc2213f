namespace EContract.Hosting.PlainHttp;

/// <summary>How long and how many connections may stay without Kestrel.</summary>
internal sealed class PlainHttpOptions
{
    /// <summary>Each may have one request waiting, so that this bounds the queue too; further connections are Kestrel's.</summary>
    public int MaxConnections { get; init; } = 512;

    /// <summary>A connection on which nothing came for so long is Kestrel's.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a reader may take for the rest of one answer.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether answers carry Kestrel's Server header.</summary>
    public bool NamesServer { get; init; } = true;
}
