namespace EContract.Hsm.Sessions;

/// <summary>Finished <see cref="SignCall"/>s for use again.</summary>
internal sealed class SignCallPool(TokenCore core)
{
    private const int Capacity = 256;
    private readonly Lock _lock = new();
    private readonly Stack<SignCall> _free = new(Capacity);

    public SignCall Take()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var call))
            {
                return call;
            }
        }

        return new SignCall(core, this);
    }

    public void Return(SignCall call)
    {
        lock (_lock)
        {
            if (_free.Count < Capacity)
            {
                _free.Push(call);
            }
        }
    }
}
