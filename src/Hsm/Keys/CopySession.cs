using System.Runtime.InteropServices;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>
/// The session that owns the copies of token keys. Session objects die with the session that made them, so it does
/// nothing else and stays open until the module is initialised anew. A copy that others may be signing with is never
/// destroyed: a module may read half a key from it meanwhile.
/// </summary>
internal sealed class CopySession(TokenCore core)
{
    /// <summary>What a key may do and how it is protected: a copy has exactly the same, or it isn't used.</summary>
    private static readonly uint[] RightsAndProtections =
    [
        Pkcs11.CKA_PRIVATE,
        Pkcs11.CKA_SENSITIVE,
        Pkcs11.CKA_EXTRACTABLE,
        Pkcs11.CKA_WRAP_WITH_TRUSTED,
        Pkcs11.CKA_ALWAYS_AUTHENTICATE,
        Pkcs11.CKA_SIGN,
        Pkcs11.CKA_SIGN_RECOVER,
        Pkcs11.CKA_VERIFY,
        Pkcs11.CKA_ENCRYPT,
        Pkcs11.CKA_DECRYPT,
        Pkcs11.CKA_WRAP,
        Pkcs11.CKA_UNWRAP,
        Pkcs11.CKA_DERIVE,
    ];

    private Session? _session; // owned by the module's lock Copying

    /// <summary>
    /// Copies a token key into a session object. Null if another key is being copied just now. The caller is in a call on
    /// the token with <paramref name="rented"/>, which stands for the copying before the watchdog.
    /// </summary>
    /// <exception cref="HsmException">There is no copy to be had, or it isn't like its original. Nothing is left of it.</exception>
    public CULong? TryCopy(Session rented, CULong original)
    {
        if (!core.Module.Copying.TryEnter())
        {
            return null;
        }

        try
        {
            _session = IsAlive(rented) ? _session! : core.OpenSession();
            rented.Companion = _session;
            return Copy(_session, original);
        }
        finally
        {
            rented.Companion = null;
            core.Module.Copying.Exit();
        }
    }

    /// <summary>Closes the session, and so destroys the copies. Only when nobody is in a call on the token.</summary>
    public void Close()
    {
        if (_session?.Epoch == core.Module.Epoch)
        {
            _session.Close();
        }

        _session = null;
    }

    private bool IsAlive(Session rented)
    {
        if (_session is not { } session || session.Epoch != core.Module.Epoch)
        {
            return false;
        }

        rented.Companion = session;
        try
        {
            session.IsLoggedIn();
            return true;
        }
        catch (HsmException e) when (CkrMeaning.Of(e.Ckr) == CkrScope.Session)
        {
            return false;
        }
        finally
        {
            rented.Companion = null;
        }
    }

    private static CULong Copy(Session session, CULong original)
    {
        using var template = new AttributeTemplate().Add(Pkcs11.CKA_TOKEN, false);
        var copy = session.Copy(original, template);
        var isGood = false;
        try
        {
            // A module that ignored the template would have put a second key on the token.
            isGood = session.Attribute(copy, Pkcs11.CKA_TOKEN) is [0] && IsProtectedAlike(session, original, copy);
        }
        finally
        {
            if (!isGood)
            {
                session.DestroyOwn(copy);
            }
        }

        return isGood ? copy : throw new HsmException("C_CopyObject", Ckr.CKR_OK, HsmFault.Refused, "the copy isn't like its original");
    }

    private static bool IsProtectedAlike(Session session, CULong original, CULong copy)
    {
        foreach (var type in RightsAndProtections)
        {
            if (!session.Attribute(original, type).AsSpan().SequenceEqual(session.Attribute(copy, type)))
            {
                return false;
            }
        }

        return true;
    }
}
