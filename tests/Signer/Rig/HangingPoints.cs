using EContract.Signer.Signing;

namespace EContract.Signer.Tests.Rig;

/// <summary>
/// A node that dies at a point, as others see it: it never comes back from there, so that nothing after it happens, no
/// <c>finally</c> either.
/// </summary>
public sealed class HangingPoints(CyclePoint at) : CyclePoints
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public override async ValueTask ReachedAsync(CyclePoint point)
    {
        if (point == at)
        {
            _reached.TrySetResult();
            await Task.Delay(Timeout.Infinite);
        }
    }
}
