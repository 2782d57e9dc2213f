using Grpc.Core;

namespace EContract.Grpc.Calls;

/// <summary>Deadline and cancellation of a call being served, for the calls it makes.</summary>
internal sealed class CallPropagationToken(DateTime? deadline, ContextPropagationOptions options, CancellationToken cancellationToken)
    : ContextPropagationToken
{
    internal override DateTime? ParentDeadline { get; } = deadline;

    internal override CancellationToken ParentCancellationToken { get; } = cancellationToken;

    internal override ContextPropagationOptions Options { get; } = options;
}
