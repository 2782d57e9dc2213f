using EContract.Grpc.Server;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace EContract.Grpc.InProcess;

/// <summary>What all calls to an <see cref="InProcessServer"/> share.</summary>
public sealed class InProcessServerOptions
{
    /// <summary>Around every handler, the first outermost: the same ones as on the wire, so that both edges treat a call alike.</summary>
    public IList<Interceptor> Interceptors { get; } = [];

    /// <summary>Asked in turn for the status of an exception that a handler threw; what none of them knows is INTERNAL without detail.</summary>
    public IList<IRpcExceptionMapper> ExceptionMappers { get; } = [];

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of handlers that fail with an exception that nobody maps.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>How many messages of one direction of a call may wait to be read before its writer has to.</summary>
    public int BufferedMessages { get; init; } = 8;
}
