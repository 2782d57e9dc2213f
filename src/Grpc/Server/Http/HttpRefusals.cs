using System.Globalization;
using EContract.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Grpc.Server.Http;

/// <summary>Answers to requests that reach no handler.</summary>
internal static class HttpRefusals
{
    public static Task WrongProtocolAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        http.Response.Headers.Upgrade = "h2c, h2";
        return Task.CompletedTask;
    }

    // PROTOCOL-HTTP2.md, Content-Type: "If the content-type does not begin with application/grpc, gRPC servers SHOULD respond with
    // HTTP status of 415".
    public static Task WrongContentTypeAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        WriteStatus(http, StatusCode.Internal, $"Content-Type '{http.Request.ContentType}' is not supported.");
        return Task.CompletedTask;
    }

    public static Task UnknownMethodAsync(HttpContext http)
    {
        http.Response.ContentType = ProtocolHeaders.ContentType;
        var mapper = http.RequestServices.GetService<IUnknownMethodMapper>();
        if (mapper?.Map(http.Request.Path.Value ?? "", http.Request.Headers) is { } said)
        {
            http.Response.Headers.AppendMetadata(said.Trailers);
            WriteStatus(http, said.StatusCode, said.Status.Detail);
        }
        else
        {
            WriteStatus(http, StatusCode.Unimplemented, "Method is unimplemented.");
        }

        return Task.CompletedTask;
    }

    private static void WriteStatus(HttpContext http, StatusCode code, string message)
    {
        http.Response.Headers.GrpcStatus = ((int)code).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.GrpcMessage = PercentEncoding.Encode(message);
    }
}
