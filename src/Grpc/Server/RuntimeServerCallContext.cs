using Grpc.Core;

namespace EContract.Grpc.Server;

/// <summary>What every transport's call context tells the runtime beyond the public API.</summary>
internal abstract class RuntimeServerCallContext : ServerCallContext
{
    /// <summary>Services of this call's scope.</summary>
    public abstract IServiceProvider Services { get; }

    public abstract bool IsDeadlineExceeded { get; }

    /// <summary>The caller is gone.</summary>
    public abstract bool IsCancelled { get; }

    /// <summary>Whether the request message read last came compressed.</summary>
    public abstract bool IsRequestCompressed { get; }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        new ServerPropagationToken(this, options ?? ContextPropagationOptions.Default);
}
