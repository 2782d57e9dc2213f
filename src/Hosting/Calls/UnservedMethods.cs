using EContract.Grpc.Server;
using EContract.Hosting.Errors;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EContract.Hosting.Calls;

/// <summary>
/// Answers calls that no role of this process serves with NOT_IMPLEMENTED, and names the role that does. They don't come to
/// <see cref="EdgeInterceptor"/>; only somebody who passed the handshake learns this much.
/// </summary>
/// <param name="roles">The role that serves a method, by the method's full name: of all roles that there are.</param>
internal sealed class UnservedMethods(IReadOnlyDictionary<string, string> roles, ILogger<UnservedMethods> logger) : IUnknownMethodMapper
{
    public RpcException Map(string method, IHeaderDictionary request)
    {
        var correlationId = CorrelationId.Enter(request[CorrelationId.Header]);
        var said = roles.TryGetValue(method, out var role)
            ? new ServiceException(
                Fault.NotImplemented,
                $"This server does not hold the role '{role}', which serves {method}.",
                ("role", role)
            )
            : new ServiceException(Fault.NotImplemented, "No role serves such a method.");
        // The method's name is the caller's own text unless we know it.
        logger.LogWarning(
            "A call of {Method} is served by no role of this process [{CorrelationId}]",
            role is null ? "an unknown method" : method,
            correlationId
        );
        var answer = ErrorMapper.Encode(said, correlationId);
        answer.Trailers.Add(CorrelationId.Header, correlationId);
        return answer;
    }
}
