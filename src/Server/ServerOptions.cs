namespace EContract.Server;

/// <summary>Settings of the executable itself, at the top of the configuration.</summary>
public sealed class ServerOptions
{
    /// <summary>Which of <c>ca</c>, <c>tsa</c>, <c>signer</c> this process serves.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>Where it listens.</summary>
    public EndpointOptions Endpoints { get; set; } = new();

    /// <summary>Where the roles are that this process doesn't serve itself.</summary>
    public PeerOptions Peers { get; set; } = new();
}
