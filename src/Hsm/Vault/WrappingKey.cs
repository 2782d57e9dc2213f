using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Vault;

/// <summary>
/// The native steps of the vault on one session: derive the wrapping key from the master and a stretched PIN, check it,
/// wrap and unwrap with it. The wrapping key is a session object that never leaves the token; it is destroyed with the step.
/// </summary>
internal static unsafe class WrappingKey
{
    /// <summary>Derives a wrapping key for as long as <paramref name="use"/> takes.</summary>
    public static T With<T>(Session session, CULong master, ReadOnlySpan<byte> stretch, bool wraps, Func<CULong, T> use)
    {
        var key = Derive(session, master, stretch, wraps);
        try
        {
            return use(key);
        }
        finally
        {
            session.DestroyOwn(key);
        }
    }

    public static CULong Derive(Session session, CULong master, ReadOnlySpan<byte> data, bool wraps)
    {
        using var template = new AttributeTemplate()
            .Add(Pkcs11.CKA_CLASS, Pkcs11.CKO_SECRET_KEY)
            .Add(Pkcs11.CKA_KEY_TYPE, Pkcs11.CKK_AES)
            .Add(Pkcs11.CKA_VALUE_LEN, 32)
            .Add(Pkcs11.CKA_TOKEN, false)
            .Add(Pkcs11.CKA_PRIVATE, true)
            .Add(Pkcs11.CKA_SENSITIVE, true)
            .Add(Pkcs11.CKA_EXTRACTABLE, false)
            .Add(Pkcs11.CKA_ENCRYPT, true)
            .Add(Pkcs11.CKA_DECRYPT, false)
            .Add(Pkcs11.CKA_SIGN, false)
            .Add(Pkcs11.CKA_VERIFY, false)
            .Add(Pkcs11.CKA_WRAP, wraps)
            .Add(Pkcs11.CKA_UNWRAP, true);
        fixed (byte* pointer = data)
        {
            var parameters = new CK_AES_CBC_ENCRYPT_DATA_PARAMS { pData = pointer, length = new CULong((uint)data.Length) };
            var mechanism = new CK_MECHANISM(Pkcs11.CKM_AES_CBC_ENCRYPT_DATA, &parameters, sizeof(CK_AES_CBC_ENCRYPT_DATA_PARAMS));
            return session.Derive(&mechanism, master, template);
        }
    }

    /// <summary>AES-ECB of whole blocks under a derived key.</summary>
    public static void Encrypt(Session session, CULong key, ReadOnlySpan<byte> blocks, Span<byte> encrypted)
    {
        var mechanism = new CK_MECHANISM(Pkcs11.CKM_AES_ECB);
        session.Encrypt(&mechanism, key, blocks, encrypted);
    }

    /// <summary>The key check value: tells a wrong PIN from an ill token, which the result of C_UnwrapKey doesn't.</summary>
    public static byte[] CheckValue(Session session, CULong key)
    {
        Span<byte> zero = stackalloc byte[16];
        Span<byte> encrypted = stackalloc byte[16];
        zero.Clear();
        Encrypt(session, key, zero, encrypted);
        return encrypted[..WrappedKeyBlob.KcvSize].ToArray();
    }

    public static bool IsRight(Session session, CULong key, WrappedKeyBlob blob) =>
        CryptographicOperations.FixedTimeEquals(CheckValue(session, key), blob.Kcv.Span);

    public static byte[] Wrap(Session session, CULong wrappingKey, CULong key)
    {
        var mechanism = new CK_MECHANISM(Pkcs11.CKM_AES_KEY_WRAP_PAD);
        return session.Wrap(&mechanism, wrappingKey, key);
    }

    /// <summary>A private key that only signs; with <paramref name="extractable"/> for re-wrapping only.</summary>
    public static CULong Unwrap(Session session, bool isNss, CULong wrappingKey, WrappedKeyBlob blob, bool extractable)
    {
        using var template = new AttributeTemplate()
            .Add(Pkcs11.CKA_CLASS, Pkcs11.CKO_PRIVATE_KEY)
            .Add(Pkcs11.CKA_KEY_TYPE, blob.Algorithm.IsRsa ? Pkcs11.CKK_RSA : Pkcs11.CKK_EC)
            .Add(Pkcs11.CKA_TOKEN, false)
            .Add(Pkcs11.CKA_PRIVATE, true)
            .Add(Pkcs11.CKA_SENSITIVE, true)
            .Add(Pkcs11.CKA_EXTRACTABLE, extractable)
            .Add(Pkcs11.CKA_SIGN, true)
            .Add(Pkcs11.CKA_DECRYPT, false)
            .Add(Pkcs11.CKA_UNWRAP, false);
        if (isNss && !blob.Algorithm.IsRsa)
        {
            template.Add(Pkcs11.CKA_NSS_DB, PublicKeyParameters.SubjectPublicKey(blob.SubjectPublicKeyInfo));
        }

        var mechanism = new CK_MECHANISM(Pkcs11.CKM_AES_KEY_WRAP_PAD);
        return session.Unwrap(&mechanism, wrappingKey, blob.Wrapped.Span, template);
    }
}
