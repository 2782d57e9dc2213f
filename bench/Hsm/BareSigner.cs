using System.Runtime.InteropServices;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Vault;

namespace EContract.Bench.Hsm;

/// <summary>The limit: native calls in a loop on sessions of its own, through the same function pointers, nothing around them.</summary>
internal sealed unsafe class BareSigner
{
    private readonly Cryptoki _cryptoki;
    private readonly TokenCore _core;
    private readonly KeyAlgorithm _algorithm;
    private readonly CULong _key;
    private readonly CULong _master;
    private readonly WrappedKeyBlob? _blob;
    private readonly byte[] _stretch;
    private readonly byte[] _digest = new byte[32];

    public BareSigner(Token token, KeyAlgorithm algorithm, string label, WrappedKeyBlob? blob, PinStretch? stretch)
    {
        _core = token.Core;
        _cryptoki = token.Core.Module.Cryptoki;
        _algorithm = algorithm;
        _blob = blob;
        _stretch = stretch?.Bytes.ToArray() ?? [];
        var session = _core.OpenSession();
        if (blob is null)
        {
            _key = TokenObjects.Find(session, Pkcs11.CKO_PRIVATE_KEY, label)[0];
        }
        else
        {
            _master = TokenObjects.Find(session, Pkcs11.CKO_SECRET_KEY, label)[0];
        }

        session.Close();
    }

    /// <summary>Signs until told to stop and returns how often.</summary>
    public long Sign(Func<bool> goesOn)
    {
        Span<byte> signature = stackalloc byte[512];
        var session = _core.OpenSession();
        var data = stackalloc byte[DigestInfo.MaxSize];
        var length = Prepare(new Span<byte>(data, DigestInfo.MaxSize));
        long count = 0;
        while (goesOn())
        {
            SignOnce(session.Handle, _key, data, length, signature);
            count++;
        }

        session.Close();
        return count;
    }

    /// <summary>C_DeriveKey, C_UnwrapKey, C_SignInit, C_Sign, C_DestroyObject twice.</summary>
    public long SignWrapped(Func<bool> goesOn) => SignWrapped(goesOn, null);

    /// <summary>The same, and verifies what was signed: what a layer that never releases a faulty signature can't do without.</summary>
    public long SignWrappedAndVerify(Func<bool> goesOn) =>
        SignWrapped(goesOn, new PublicKeyVerifier(_algorithm, _blob!.SubjectPublicKeyInfo));

    private long SignWrapped(Func<bool> goesOn, PublicKeyVerifier? verifier)
    {
        Span<byte> signature = stackalloc byte[512];
        Span<byte> der = stackalloc byte[512];
        var session = _core.OpenSession();
        var data = stackalloc byte[DigestInfo.MaxSize];
        var length = Prepare(new Span<byte>(data, DigestInfo.MaxSize));
        long count = 0;
        while (goesOn())
        {
            var wrappingKey = WrappingKey.Derive(session, _master, _stretch, wraps: false);
            var key = WrappingKey.Unwrap(session, false, wrappingKey, _blob!, extractable: false);
            var written = SignOnce(session.Handle, key, data, length, signature);
            session.Destroy(key);
            session.Destroy(wrappingKey);
            count++;
            if (verifier is null)
            {
                continue;
            }

            var encoded = _algorithm.IsRsa ? signature[..written] : der[..EcdsaSignature.ToDer(signature[..written], der)];
            if (!verifier.Verify(_digest, encoded, System.Security.Cryptography.HashAlgorithmName.SHA256, _algorithm.DefaultScheme))
            {
                throw new InvalidOperationException("the bare loop signs wrongly");
            }
        }

        session.Close();
        return count;
    }

    /// <summary>What C_Sign is given: the digest, for RSA in its DigestInfo.</summary>
    private int Prepare(Span<byte> data)
    {
        if (_algorithm.IsRsa)
        {
            return DigestInfo.Write(System.Security.Cryptography.HashAlgorithmName.SHA256, _digest, data);
        }

        _digest.CopyTo(data);
        return _digest.Length;
    }

    private int SignOnce(CULong session, CULong key, byte* data, int length, Span<byte> signature)
    {
        var mechanism = new CK_MECHANISM(_algorithm.IsRsa ? Pkcs11.CKM_RSA_PKCS : Pkcs11.CKM_ECDSA);
        var signatureLength = new CULong((uint)signature.Length);
        fixed (byte* pointer = signature)
        {
            if (
                _cryptoki.C_SignInit(session, &mechanism, key) != Ckr.CKR_OK
                || _cryptoki.C_Sign(session, data, new CULong((uint)length), pointer, &signatureLength) != Ckr.CKR_OK
            )
            {
                throw new InvalidOperationException("the bare loop doesn't sign");
            }
        }

        return (int)signatureLength.Value;
    }
}
