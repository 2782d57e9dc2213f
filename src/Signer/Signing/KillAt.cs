using System.Diagnostics;

namespace EContract.Signer.Signing;

/// <summary>Kills its own process at a point, as a power cut would: nothing is flushed, no <c>finally</c> runs.</summary>
internal sealed class KillAt(CyclePoint at) : CyclePoints
{
    public override async ValueTask ReachedAsync(CyclePoint point)
    {
        if (point == at)
        {
            Process.GetCurrentProcess().Kill();
            await Task.Delay(Timeout.Infinite);
        }
    }
}
