using EContract.Hosting.Admission;

namespace EContract.Signer.Archive.Jobs;

/// <summary>
/// Keeps archive jobs below interactive signing: each step holds a place of the archive class among the server's calls, and steps
/// follow each other no faster than <see cref="JobOptions.StepsPerSecond"/>.
/// </summary>
public sealed class JobPace(JobOptions options, TimeProvider time, BackgroundWork? places = null) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _next; // owned by who holds _turn

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (_next > now)
            {
                await Task.Delay(_next - now, time, cancellationToken);
                now = _next;
            }

            _next = now + TimeSpan.FromSeconds(1 / options.StepsPerSecond);
        }
        finally
        {
            _turn.Release();
        }

        return places is null ? new NoPlace() : await places.EnterAsync(cancellationToken);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Where no calls are admitted, as in a tool, nothing has to be held back.</summary>
    private sealed class NoPlace : IDisposable
    {
        public void Dispose() { }
    }
}
