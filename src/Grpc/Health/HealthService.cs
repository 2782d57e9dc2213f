using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace EContract.Grpc.Health;

/// <summary>Serves <c>grpc.health.v1.Health</c> from a <see cref="HealthRegistry"/>.</summary>
public sealed class HealthService(HealthRegistry registry) : global::Grpc.Health.V1.Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        registry.Observe(request.Service).Status is { } status
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(new Status(StatusCode.NotFound, "unknown service"));

    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context
    )
    {
        ServingStatus? sent = null;
        while (true)
        {
            // A slow reader gets the latest status, not a queue of all.
            var (status, isShutDown, changed) = registry.Observe(request.Service);
            var current = status ?? ServingStatus.ServiceUnknown;
            if (current != sent)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = current }).ConfigureAwait(false);
                sent = current;
            }

            if (isShutDown)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "server is shutting down"));
            }

            await changed.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }
}
