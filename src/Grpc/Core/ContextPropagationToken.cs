namespace Grpc.Core;

/// <summary>Carries deadline and cancellation of a call being served into the calls it makes.</summary>
public abstract class ContextPropagationToken
{
    private protected ContextPropagationToken() { }

    internal abstract DateTime? ParentDeadline { get; }

    internal abstract CancellationToken ParentCancellationToken { get; }

    internal abstract ContextPropagationOptions Options { get; }
}
