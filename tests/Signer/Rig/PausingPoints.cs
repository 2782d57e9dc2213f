using EContract.Signer.Signing;

namespace EContract.Signer.Tests.Rig;

/// <summary>A node that stops at a point until it is told to go on.</summary>
public sealed class PausingPoints(CyclePoint at) : CyclePoints
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _resume = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public void Resume() => _resume.TrySetResult();

    public override async ValueTask ReachedAsync(CyclePoint point)
    {
        if (point == at)
        {
            _reached.TrySetResult();
            await _resume.Task;
        }
    }
}
