using System.Collections.Concurrent;
using Grpc.Core;

namespace EContract.Grpc.InProcess;

/// <summary>One caller's way to an <see cref="InProcessServer"/>; hand it to generated clients. Thread-safe.</summary>
public sealed class InProcessChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<InProcessCall, bool> _calls = new();
    private volatile bool _disposed;

    internal InProcessChannel(InProcessServer server, InProcessCaller caller)
        : base("inprocess")
    {
        Server = server;
        Caller = caller;
    }

    public InProcessCaller Caller { get; }

    internal InProcessServer Server { get; }

    public override CallInvoker CreateCallInvoker() => new InProcessCallInvoker(this);

    /// <summary>Cancels the calls under way.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var call in _calls.Keys)
        {
            call.Dispose();
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <summary>Notes a call that outlives the method that starts it.</summary>
    internal void Track(InProcessCall call)
    {
        _calls[call] = true;
        if (_disposed)
        {
            call.Dispose();
        }
    }

    internal void Untrack(InProcessCall call) => _calls.TryRemove(call, out _);

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }
}
