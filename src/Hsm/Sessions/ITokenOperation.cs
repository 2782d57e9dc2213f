namespace EContract.Hsm.Sessions;

/// <summary>Native work on one session that may be done again on another one. A struct, so that running it allocates nothing.</summary>
internal interface ITokenOperation
{
    /// <summary>Throws <see cref="HsmException"/> when the token says no.</summary>
    void Execute(Session session);

    /// <summary>The handles it used mean nothing any more.</summary>
    void Forget();
}
