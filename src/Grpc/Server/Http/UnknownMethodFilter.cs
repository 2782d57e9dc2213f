using EContract.Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace EContract.Grpc.Server.Http;

/// <summary>
/// Answers gRPC requests that reach no endpoint with UNIMPLEMENTED rather than 404. It stands at the end of the pipeline: a catch-all
/// endpoint would be a candidate that routing has to weigh on every call.
/// </summary>
internal sealed class UnknownMethodFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            next(app);
            app.Use(after => http => IsGrpc(http.Request) ? HttpRefusals.UnknownMethodAsync(http) : after(http));
        };

    private static bool IsGrpc(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && ProtocolHeaders.IsGrpcContentType(request.ContentType);
}
