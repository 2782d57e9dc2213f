using System.Runtime.InteropServices;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>Searches for token objects. To be called in <see cref="TokenCore.InObjectStore{T}"/>.</summary>
internal static class TokenObjects
{
    /// <summary>The keys of that label; one that is only being copied is one.</summary>
    public static CULong[] FindKeys(TokenCore core, Session session, uint objectClass, string label)
    {
        var found = Find(session, objectClass, label);
        if (found.Length < 2 || !core.Module.Copying.TryEnter(core.Options.CallTimeout))
        {
            return found;
        }

        try
        {
            return Find(session, objectClass, label);
        }
        finally
        {
            core.Module.Copying.Exit();
        }
    }

    public static CULong[] Find(Session session, uint objectClass, string? label = null, ReadOnlySpan<byte> id = default)
    {
        using var template = new AttributeTemplate().Add(Pkcs11.CKA_CLASS, objectClass).Add(Pkcs11.CKA_TOKEN, true);
        if (label is not null)
        {
            template.Add(Pkcs11.CKA_LABEL, label);
        }

        if (!id.IsEmpty)
        {
            template.Add(Pkcs11.CKA_ID, id);
        }

        return session.Find(template);
    }
}
