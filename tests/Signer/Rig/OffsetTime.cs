namespace EContract.Signer.Tests.Rig;

/// <summary>The system's clock, moved ahead as a test wants.</summary>
public sealed class OffsetTime : TimeProvider
{
    private long _ticks; // by Interlocked

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));
}
