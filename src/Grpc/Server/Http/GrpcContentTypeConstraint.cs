using EContract.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EContract.Grpc.Server.Http;

/// <summary>Lets only gRPC requests through to the answer for unknown methods, so that other 404s stay what they are.</summary>
internal sealed class GrpcContentTypeConstraint : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) =>
        httpContext is not null
        && HttpMethods.IsPost(httpContext.Request.Method)
        && ProtocolHeaders.IsGrpcContentType(httpContext.Request.ContentType);
}
