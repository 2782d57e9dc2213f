using Grpc.Core;

namespace EContract.Grpc.Server;

/// <summary>Hands deadline and cancellation of a call to those it makes.</summary>
internal sealed class ServerPropagationToken(ServerCallContext parent, ContextPropagationOptions options) : ContextPropagationToken
{
    internal override DateTime? ParentDeadline { get; } = parent.Deadline == DateTime.MaxValue ? null : parent.Deadline;

    internal override CancellationToken ParentCancellationToken { get; } = parent.CancellationToken;

    internal override ContextPropagationOptions Options => options;
}
