namespace EContract.Hsm;

/// <summary>The <see cref="TokenPriority"/> of the work that flows through here; <see cref="TokenPriority.Interactive"/> unless entered.</summary>
public static class AmbientPriority
{
    private static readonly AsyncLocal<TokenPriority> Flowing = new();

    public static TokenPriority Current => Flowing.Value;

    /// <summary>Sets the priority until the scope is disposed: once at the edge of a call, from the caller's role.</summary>
    public static Scope Enter(TokenPriority priority)
    {
        var scope = new Scope(Flowing.Value);
        Flowing.Value = priority;
        return scope;
    }

    public readonly struct Scope : IDisposable
    {
        private readonly TokenPriority _before;

        internal Scope(TokenPriority before) => _before = before;

        public void Dispose() => Flowing.Value = _before;
    }
}
