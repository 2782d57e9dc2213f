using EContract.Hsm;

namespace EContract.Hosting.Admission;

/// <summary>Places among the calls in progress for the service's own work in the background. It counts as archive work does.</summary>
public sealed class BackgroundWork
{
    private readonly ConcurrencyGate _gate;

    internal BackgroundWork(ConcurrencyGate gate) => _gate = gate;

    /// <returns>A place; dispose it to leave.</returns>
    /// <exception cref="Errors.ServiceException">OVERLOADED: try again later.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _gate.EnterAsync(TokenPriority.Archive, cancellationToken);
        return new Place(_gate);
    }

    private sealed class Place(ConcurrencyGate gate) : IDisposable
    {
        private int _left; // by Interlocked

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                gate.Leave(TokenPriority.Archive);
            }
        }
    }
}
