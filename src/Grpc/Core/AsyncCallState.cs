namespace Grpc.Core;

/// <summary>
/// What the four async call types share. One state object with static callbacks spares closures; the stateless constructors of the
/// public types wrap their delegates.
/// </summary>
internal readonly struct AsyncCallState(
    object? state,
    Func<object, Task<Metadata>> responseHeadersAsync,
    Func<object, Status> getStatus,
    Func<object, Metadata> getTrailers,
    Action<object> dispose
)
{
    private readonly object _state = state!;

    public AsyncCallState(Task<Metadata> responseHeadersAsync, Func<Status> getStatus, Func<Metadata> getTrailers, Action dispose)
        : this(null, _ => responseHeadersAsync, _ => getStatus(), _ => getTrailers(), _ => dispose()) { }

    public Task<Metadata> ResponseHeadersAsync() => responseHeadersAsync(_state);

    public Status GetStatus() => getStatus(_state);

    public Metadata GetTrailers() => getTrailers(_state);

    public void Dispose() => dispose(_state);
}
