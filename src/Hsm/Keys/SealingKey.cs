using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>An AES-256-GCM key on the token that seals small secrets (TOTP seeds) for the database. Thread-safe.</summary>
/// <remarks>Sealed form: nonce (12) ‖ ciphertext ‖ tag (16). Nonces are random: at most 2^32 per key (SP 800-38D §8.3).</remarks>
public sealed class SealingKey
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly TokenCore _core;
    private readonly ObjectHandle _handle;

    internal SealingKey(TokenCore core, string label)
    {
        _core = core;
        Label = label;
        _handle = new ObjectHandle(core, Pkcs11.CKO_SECRET_KEY, label);
    }

    public string Label { get; }

    /// <summary>Seals a secret; <paramref name="associatedData"/> says where it belongs and must be the same at opening.</summary>
    public Task<byte[]> SealAsync(ReadOnlyMemory<byte> secret, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken) =>
        _core.RunAsync(
            "seal",
            session => Seal(session, _handle.Resolve(session), secret.Span, associatedData.Span),
            cancellationToken,
            _handle.Forget
        );

    /// <summary>Opens what <see cref="SealAsync"/> made. The caller zeroes the result.</summary>
    /// <exception cref="HsmException"><see cref="HsmFault.BlobCorrupted"/>: altered, or sealed for something else or by another key.</exception>
    public Task<byte[]> OpenAsync(
        ReadOnlyMemory<byte> sealedSecret,
        ReadOnlyMemory<byte> associatedData,
        CancellationToken cancellationToken
    ) =>
        sealedSecret.Length < NonceSize + TagSize
            ? Task.FromException<byte[]>(Corrupted())
            : _core.RunAsync(
                "open",
                session => Open(session, _handle.Resolve(session), sealedSecret.Span, associatedData.Span),
                cancellationToken,
                _handle.Forget
            );

    internal static bool Works(Session session, CULong key)
    {
        ReadOnlySpan<byte> probe = "sealing key check"u8;
        return probe.SequenceEqual(Decrypt(session, key, Seal(session, key, probe, probe), probe));
    }

    private static byte[] Open(Session session, CULong key, ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData)
    {
        try
        {
            return Decrypt(session, key, sealedSecret, associatedData);
        }
        catch (HsmException e) when (e.Function == "C_Decrypt" && CkrMeaning.Of(e.Ckr) is CkrScope.Request or CkrScope.Device)
        {
            // Tokens answer a wrong tag with all sorts of CKR, CKR_GENERAL_ERROR among them. If the key still opens what
            // it seals, then it was the input; otherwise the token is ill and that goes on as such.
            if (Works(session, key))
            {
                throw Corrupted();
            }

            throw;
        }
    }

    private static unsafe byte[] Seal(Session session, CULong key, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData)
    {
        var result = new byte[NonceSize + secret.Length + TagSize];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceSize));
        fixed (
            byte* nonce = result,
                aad = associatedData
        )
        {
            var parameters = Parameters(nonce, aad, associatedData.Length);
            var mechanism = new CK_MECHANISM(Pkcs11.CKM_AES_GCM, &parameters, sizeof(CK_GCM_PARAMS));
            session.Encrypt(&mechanism, key, secret, result.AsSpan(NonceSize));
        }

        return result;
    }

    private static unsafe byte[] Decrypt(Session session, CULong key, ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData)
    {
        // Some modules write the tag's length too before they cut it off.
        var buffer = new byte[sealedSecret.Length];
        try
        {
            fixed (
                byte* nonce = sealedSecret,
                    aad = associatedData
            )
            {
                var parameters = Parameters(nonce, aad, associatedData.Length);
                var mechanism = new CK_MECHANISM(Pkcs11.CKM_AES_GCM, &parameters, sizeof(CK_GCM_PARAMS));
                var length = session.Decrypt(&mechanism, key, sealedSecret[NonceSize..], buffer);
                return buffer.AsSpan(0, length).ToArray();
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static unsafe CK_GCM_PARAMS Parameters(byte* nonce, byte* aad, int aadLength) =>
        new()
        {
            pIv = nonce,
            ulIvLen = new CULong(NonceSize),
            ulIvBits = new CULong(NonceSize * 8),
            pAAD = aad,
            ulAADLen = new CULong((uint)aadLength),
            ulTagBits = new CULong(TagSize * 8),
        };

    private static HsmException Corrupted() =>
        new("C_Decrypt", Ckr.CKR_OK, HsmFault.BlobCorrupted, "the sealed secret is altered or belongs elsewhere");
}
