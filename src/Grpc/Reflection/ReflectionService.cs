using EContract.Grpc.Server.Methods;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace EContract.Grpc.Reflection;

/// <summary>Serves <c>grpc.reflection.v1.ServerReflection</c> for every mapped service.</summary>
internal sealed class ReflectionService(ServiceCatalog catalog) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context
    )
    {
        var stream = new ReflectionStream(catalog.Services);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(stream.Answer(request)).ConfigureAwait(false);
        }
    }
}
