namespace EContract.Hsm;

/// <summary>Whether token keys in steady use work through a copy of theirs among the token's session objects.</summary>
public enum SessionCopies
{
    /// <summary>On tokens known to gain by it: SoftHSM opens, locks and reads a token object's file at each use.</summary>
    Auto,

    /// <summary>On every token that gives a copy with the same attributes.</summary>
    Always,

    /// <summary>Never: each operation uses the token object.</summary>
    Never,
}
