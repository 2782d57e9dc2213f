namespace EContract.Signer.Signing;

/// <summary>Is told when a <see cref="CyclePoint"/> is reached. Does nothing; crash tests put another one in its place.</summary>
public class CyclePoints
{
    public virtual ValueTask ReachedAsync(CyclePoint point) => default;
}
