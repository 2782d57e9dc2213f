using EContract.Grpc.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>Access to the HTTP request of a call, as in the official ASP.NET Core package.</summary>
public static class ServerCallContextExtensions
{
    /// <exception cref="InvalidOperationException">The call did not come over HTTP.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) =>
        serverCallContext.FindHttpContext() ?? throw new InvalidOperationException("Could not get HttpContext from ServerCallContext");
}
