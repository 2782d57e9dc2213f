namespace EContract.Grpc.Client;

/// <summary>How calls to a service are made (gRPC service config).</summary>
public sealed class ServiceConfig
{
    public IList<MethodConfig> MethodConfigs { get; } = [];

    public RetryThrottlingPolicy? RetryThrottling { get; init; }

    /// <summary>
    /// Reads the standard JSON form: <c>{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 4, "initialBackoff": "0.1s",
    /// "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]}</c>.
    /// </summary>
    /// <exception cref="FormatException">It is not that form.</exception>
    public static ServiceConfig Parse(string json) => ServiceConfigJson.Parse(json);

    /// <summary>The most specific configuration of a method: its own, its service's, the default.</summary>
    internal MethodConfig? Find(string service, string method) =>
        Find(new MethodName(service, method)) ?? Find(new MethodName(service)) ?? Find(MethodName.Default);

    private MethodConfig? Find(MethodName name) => MethodConfigs.FirstOrDefault(config => config.Names.Contains(name));
}
