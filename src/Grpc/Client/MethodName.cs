namespace EContract.Grpc.Client;

/// <summary>What a <see cref="MethodConfig"/> applies to: one method, all of a service, or (both null) all there are.</summary>
/// <param name="Service">Full name: <c>econtract.tsa.v1.TimestampService</c>.</param>
/// <param name="Method">Name without the service.</param>
public sealed record MethodName(string? Service = null, string? Method = null)
{
    /// <summary>Every method of every service.</summary>
    public static readonly MethodName Default = new();
}
