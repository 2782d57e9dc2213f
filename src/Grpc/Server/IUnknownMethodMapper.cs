using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EContract.Grpc.Server;

/// <summary>
/// Says more than UNIMPLEMENTED to a call of a method that nothing here serves: why, and where to turn. Register one as a singleton; without
/// it the answer is the bare status.
/// </summary>
public interface IUnknownMethodMapper
{
    /// <param name="method">As the caller wrote it, for example <c>/package.Service/Method</c>.</param>
    /// <param name="request">Headers of the request.</param>
    /// <returns>The answer. Its metadata are sent as trailers.</returns>
    RpcException Map(string method, IHeaderDictionary request);
}
