using EContract.Hsm.Native;

namespace EContract.Hsm.Keys;

/// <summary>The attributes keys are made with: as few rights as their use needs.</summary>
internal static class KeyTemplates
{
    public static AttributeTemplate PublicKey(KeyAlgorithm algorithm, bool onToken, string label, ReadOnlySpan<byte> id)
    {
        var template = new AttributeTemplate()
            .Add(Pkcs11.CKA_TOKEN, onToken)
            .Add(Pkcs11.CKA_LABEL, label)
            .Add(Pkcs11.CKA_ID, id)
            .Add(Pkcs11.CKA_VERIFY, true)
            .Add(Pkcs11.CKA_ENCRYPT, false)
            .Add(Pkcs11.CKA_WRAP, false);
        return algorithm.IsRsa
            ? template.Add(Pkcs11.CKA_MODULUS_BITS, (uint)algorithm.KeySize).Add(Pkcs11.CKA_PUBLIC_EXPONENT, [0x01, 0x00, 0x01])
            : template.Add(Pkcs11.CKA_EC_PARAMS, PublicKeyObject.EcParams(algorithm));
    }

    /// <summary>A private key that signs and does nothing else.</summary>
    public static AttributeTemplate PrivateKey(bool onToken, bool extractable, string label, ReadOnlySpan<byte> id) =>
        new AttributeTemplate()
            .Add(Pkcs11.CKA_TOKEN, onToken)
            .Add(Pkcs11.CKA_PRIVATE, true)
            .Add(Pkcs11.CKA_LABEL, label)
            .Add(Pkcs11.CKA_ID, id)
            .Add(Pkcs11.CKA_SENSITIVE, true)
            .Add(Pkcs11.CKA_EXTRACTABLE, extractable)
            .Add(Pkcs11.CKA_SIGN, true)
            .Add(Pkcs11.CKA_DECRYPT, false)
            .Add(Pkcs11.CKA_UNWRAP, false)
            .Add(Pkcs11.CKA_DERIVE, false);

    /// <summary>A secret token key with no right but those named.</summary>
    public static AttributeTemplate SecretKey(string label, ReadOnlySpan<byte> id, int size, params ReadOnlySpan<uint> rights)
    {
        var template = new AttributeTemplate()
            .Add(Pkcs11.CKA_TOKEN, true)
            .Add(Pkcs11.CKA_PRIVATE, true)
            .Add(Pkcs11.CKA_LABEL, label)
            .Add(Pkcs11.CKA_ID, id)
            .Add(Pkcs11.CKA_SENSITIVE, true)
            .Add(Pkcs11.CKA_EXTRACTABLE, false)
            .Add(Pkcs11.CKA_VALUE_LEN, (uint)size);
        foreach (
            var right in (ReadOnlySpan<uint>)
                [
                    Pkcs11.CKA_SIGN,
                    Pkcs11.CKA_VERIFY,
                    Pkcs11.CKA_ENCRYPT,
                    Pkcs11.CKA_DECRYPT,
                    Pkcs11.CKA_WRAP,
                    Pkcs11.CKA_UNWRAP,
                    Pkcs11.CKA_DERIVE,
                ]
        )
        {
            template.Add(right, rights.Contains(right));
        }

        return template;
    }
}
