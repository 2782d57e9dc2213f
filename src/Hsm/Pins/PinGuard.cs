using System.Security.Cryptography;
using EContract.Hsm.Native;

namespace EContract.Hsm.Pins;

/// <summary>
/// Remembers, as a keyed hash, the PIN that the token refused: presenting it again would count against the token's
/// limit and lock it. A changed PIN file is tried at once.
/// </summary>
internal sealed class PinGuard
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private byte[]? _refused;

    public void ThrowIfRefused(Pin pin)
    {
        if (_refused is not null && CryptographicOperations.FixedTimeEquals(_refused, HMACSHA256.HashData(_key, pin.Bytes)))
        {
            throw new HsmException(
                "C_Login",
                Ckr.CKR_PIN_INCORRECT,
                HsmFault.PinRefused,
                "the token has refused this PIN; it isn't presented again before it is changed"
            );
        }
    }

    public void Remember(Pin pin) => _refused = HMACSHA256.HashData(_key, pin.Bytes);
}
