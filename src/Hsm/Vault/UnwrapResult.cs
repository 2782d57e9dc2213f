using System.Diagnostics.CodeAnalysis;

namespace EContract.Hsm.Vault;

/// <summary>An opened key, or the news that the PIN is wrong. Everything else that can be wrong is an <see cref="HsmException"/>.</summary>
public sealed class UnwrapResult
{
    internal UnwrapResult(UnwrappedKey? key) => Key = key;

    [MemberNotNullWhen(false, nameof(Key))]
    public bool WrongPin => Key is null;

    /// <summary>Disposing it destroys the object on the token.</summary>
    public UnwrappedKey? Key { get; }
}
