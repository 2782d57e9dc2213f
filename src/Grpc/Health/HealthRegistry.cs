using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace EContract.Grpc.Health;

/// <summary>
/// What <c>grpc.health.v1</c> tells: a status per service name, the empty name for the server as a whole. Roles update it; thread-safe.
/// </summary>
public sealed class HealthRegistry
{
    private readonly Lock _lock = new();

    // All three under _lock.
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal) { [""] = ServingStatus.Serving };
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _shutDown;

    /// <summary>Sets the status of a service and tells those who watch it.</summary>
    public void Set(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            if (_shutDown || (_statuses.TryGetValue(service, out var known) && known == status))
            {
                return;
            }

            _statuses[service] = status;
            SignalChange();
        }
    }

    /// <summary>Forgets a service.</summary>
    public void Clear(string service)
    {
        lock (_lock)
        {
            if (!_shutDown && _statuses.Remove(service))
            {
                SignalChange();
            }
        }
    }

    /// <summary>Everything is NOT_SERVING from now on; those who watch are told so and then let go.</summary>
    public void Shutdown()
    {
        lock (_lock)
        {
            _shutDown = true;
            foreach (var service in _statuses.Keys)
            {
                _statuses[service] = ServingStatus.NotServing;
            }

            SignalChange();
        }
    }

    /// <summary>A mapped service serves until somebody says otherwise.</summary>
    internal void Register(string service)
    {
        lock (_lock)
        {
            if (_statuses.TryAdd(service, _shutDown ? ServingStatus.NotServing : ServingStatus.Serving))
            {
                SignalChange();
            }
        }
    }

    /// <summary>The status (null: unknown service), and what completes when any status changes after it was taken.</summary>
    internal (ServingStatus? Status, bool IsShutDown, Task Changed) Observe(string service)
    {
        lock (_lock)
        {
            return (_statuses.TryGetValue(service, out var status) ? status : null, _shutDown, _changed.Task);
        }
    }

    private void SignalChange()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
