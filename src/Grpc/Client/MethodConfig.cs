namespace EContract.Grpc.Client;

/// <summary>How calls of some methods are made (gRPC service config, methodConfig).</summary>
public sealed class MethodConfig
{
    public IList<MethodName> Names { get; } = [];

    /// <summary>Null: failed calls are not tried again.</summary>
    public RetryPolicy? RetryPolicy { get; init; }
}
