using EContract.Grpc.Server.Http;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EContract.Grpc.Server;

/// <summary>What this runtime tells about a call beyond the official API.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>Whether the request message read last came compressed.</summary>
    public static bool IsRequestCompressed(this ServerCallContext context) =>
        context is RuntimeServerCallContext { IsRequestCompressed: true };

    /// <summary>Services of this call's scope.</summary>
    /// <exception cref="InvalidOperationException">The call is not served by this runtime.</exception>
    public static IServiceProvider GetServices(this ServerCallContext context) =>
        context is RuntimeServerCallContext call ? call.Services : throw new InvalidOperationException("Not a call of this runtime");

    /// <summary>The HTTP request behind the call; null for an in-process call.</summary>
    public static HttpContext? FindHttpContext(this ServerCallContext context) => (context as HttpServerCallContext)?.HttpContext;
}
