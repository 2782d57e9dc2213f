using System.Runtime.InteropServices;
using EContract.Hsm.Native;

namespace EContract.Hsm.Sessions;

internal sealed unsafe partial class Session
{
    /// <summary>Up to <paramref name="maximum"/> handles of the objects that match the template.</summary>
    public CULong[] Find(AttributeTemplate template, int maximum = 16)
    {
        Enter("C_FindObjectsInit");
        Check(_cryptoki.C_FindObjectsInit(Handle, template.Pointer, template.Count));
        _isActive = true;
        var found = stackalloc CULong[maximum];
        CULong count;
        Enter("C_FindObjects");
        var ckr = Leave(_cryptoki.C_FindObjects(Handle, found, new CULong((uint)maximum), &count));
        Enter("C_FindObjectsFinal");
        var final = Leave(_cryptoki.C_FindObjectsFinal(Handle));
        _isActive = final != Ckr.CKR_OK;
        if (ckr != Ckr.CKR_OK)
        {
            throw new HsmException("C_FindObjects", ckr);
        }

        Check(final);
        return new ReadOnlySpan<CULong>(found, (int)count.Value).ToArray();
    }

    /// <summary>An attribute's value; null if the object has no such attribute or doesn't give it away.</summary>
    public byte[]? Attribute(CULong obj, uint type)
    {
        var attribute = new CK_ATTRIBUTE { type = new CULong(type) };
        Enter("C_GetAttributeValue");
        var ckr = Leave(_cryptoki.C_GetAttributeValue(Handle, obj, &attribute, new CULong(1)));
        if (ckr is Ckr.CKR_ATTRIBUTE_TYPE_INVALID or Ckr.CKR_ATTRIBUTE_SENSITIVE)
        {
            return null;
        }

        Check(ckr);
        var value = new byte[checked((int)attribute.ulValueLen.Value)];
        fixed (byte* pointer = value)
        {
            attribute.pValue = pointer;
            Enter("C_GetAttributeValue");
            Check(_cryptoki.C_GetAttributeValue(Handle, obj, &attribute, new CULong(1)));
        }

        return value;
    }

    public void SetAttributes(CULong obj, AttributeTemplate template)
    {
        Enter("C_SetAttributeValue");
        Check(_cryptoki.C_SetAttributeValue(Handle, obj, template.Pointer, template.Count));
    }

    /// <summary>The object once more, with the template's attributes instead of its own.</summary>
    public CULong Copy(CULong obj, AttributeTemplate template)
    {
        CULong copy;
        Enter("C_CopyObject");
        Check(_cryptoki.C_CopyObject(Handle, obj, template.Pointer, template.Count, &copy));
        return copy;
    }

    public void Destroy(CULong obj)
    {
        Enter("C_DestroyObject");
        Check(_cryptoki.C_DestroyObject(Handle, obj));
    }

    /// <summary>Destroys a session object; if that fails the session isn't used again, and the object dies with it.</summary>
    public void DestroyOwn(CULong obj)
    {
        Enter("C_DestroyObject");
        _keepsObjects |= Leave(_cryptoki.C_DestroyObject(Handle, obj)) != Ckr.CKR_OK;
    }

    public CULong GenerateKey(CK_MECHANISM* mechanism, AttributeTemplate template)
    {
        CULong key;
        Enter("C_GenerateKey");
        Check(_cryptoki.C_GenerateKey(Handle, mechanism, template.Pointer, template.Count, &key));
        return key;
    }

    public (CULong Public, CULong Private) GenerateKeyPair(
        CK_MECHANISM* mechanism,
        AttributeTemplate publicTemplate,
        AttributeTemplate privateTemplate
    )
    {
        CULong publicKey;
        CULong privateKey;
        Enter("C_GenerateKeyPair");
        Check(
            _cryptoki.C_GenerateKeyPair(
                Handle,
                mechanism,
                publicTemplate.Pointer,
                publicTemplate.Count,
                privateTemplate.Pointer,
                privateTemplate.Count,
                &publicKey,
                &privateKey
            )
        );
        return (publicKey, privateKey);
    }

    public CULong Derive(CK_MECHANISM* mechanism, CULong key, AttributeTemplate template)
    {
        CULong derived;
        Enter("C_DeriveKey");
        Check(_cryptoki.C_DeriveKey(Handle, mechanism, key, template.Pointer, template.Count, &derived));
        return derived;
    }

    public byte[] Wrap(CK_MECHANISM* mechanism, CULong wrappingKey, CULong key)
    {
        // The longest PKCS#8 here, RSA-4096, has about 2.4 KB.
        var buffer = stackalloc byte[4096];
        var length = new CULong(4096);
        Enter("C_WrapKey");
        Check(_cryptoki.C_WrapKey(Handle, mechanism, wrappingKey, key, buffer, &length));
        return new ReadOnlySpan<byte>(buffer, (int)length.Value).ToArray();
    }

    public CULong Unwrap(CK_MECHANISM* mechanism, CULong unwrappingKey, ReadOnlySpan<byte> wrapped, AttributeTemplate template)
    {
        CULong key;
        fixed (byte* pointer = wrapped)
        {
            Enter("C_UnwrapKey");
            Check(
                _cryptoki.C_UnwrapKey(
                    Handle,
                    mechanism,
                    unwrappingKey,
                    pointer,
                    new CULong((uint)wrapped.Length),
                    template.Pointer,
                    template.Count,
                    &key
                )
            );
        }

        return key;
    }
}
