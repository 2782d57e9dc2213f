using System.Runtime.InteropServices;
using System.Text;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>
/// The handle to use a token key by: that of the token object, and for a key in steady use on a token where it pays that
/// of its session copy. The first use in each quarter of a second is the token object's: a key that was destroyed, or a
/// token that was taken away, is noticed then and healed or refused as if there were no copy.
/// </summary>
internal sealed class KeyHandle(TokenCore core, uint objectClass, string label, Func<Session, CULong, CULong, bool>? isSameKey)
{
    private static readonly TimeSpan TrustInCopy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(10);
    private readonly ObjectHandle _original = new(core, objectClass, label);
    private readonly Lock _copying = new();
    private volatile SessionCopy? _copy; // written under _copying
    private volatile bool _isSuspect;
    private long _originalDue; // timestamp; by Interlocked
    private long _failedIn = -1; // the login in which no copy could be had; under _copying
    private long _copyAgain; // timestamp; under _copying

    /// <exception cref="HsmException">As <see cref="ObjectHandle.Resolve"/>.</exception>
    public CULong Resolve(Session session)
    {
        if (isSameKey is null || !core.MakesCopies)
        {
            return _original.Resolve(session);
        }

        var now = core.Time.GetTimestamp();
        var due = Volatile.Read(ref _originalDue);
        if (now >= due && Interlocked.CompareExchange(ref _originalDue, now + Ticks(TrustInCopy), due) == due)
        {
            return _original.Resolve(session);
        }

        session.UsesCopy = true;
        if (_copy is { } copy && copy.Epoch == core.Epoch && !_isSuspect)
        {
            return copy.Handle;
        }

        var original = _original.Resolve(session);
        return TryCopy(session, original, now) ?? original;
    }

    /// <summary>Seeds the token object's handle that a search or generation gave.</summary>
    public void Set(CULong handle, long epoch) => _original.Set(handle, epoch);

    /// <summary>A call failed: the handles may mean nothing any more, and the next call shows it on the token object.</summary>
    public void Forget()
    {
        _original.Forget();
        _isSuspect = true;
        Volatile.Write(ref _originalDue, 0);
    }

    /// <summary>Null: for now it goes without a copy. What a copy fails by fails no call.</summary>
    private CULong? TryCopy(Session session, CULong original, long now)
    {
        if (!_copying.TryEnter())
        {
            return null;
        }

        var epoch = core.Epoch;
        try
        {
            if (_failedIn == epoch && now < _copyAgain)
            {
                return null;
            }

            _isSuspect = false;
            return Renew(session, original, epoch);
        }
        catch (HsmException e)
        {
            _isSuspect = true;
            _failedIn = epoch;
            _copyAgain = CkrMeaning.Of(e.Ckr) == CkrScope.Request ? long.MaxValue : now + Ticks(PauseAfterFault);
            core.ReportNoCopy(label, e);
            // Its trial may have been cut short: what is active on this session would be in the way of the call.
            return session.TryCancel() ? null : throw new HsmException(e.Function, Ckr.CKR_OPERATION_ACTIVE);
        }
        finally
        {
            _copying.Exit();
        }
    }

    private CULong? Renew(Session session, CULong original, long epoch)
    {
        // Another call failed, or somebody logged in again, and the copy may have outlived that: then it serves again.
        if (
            _copy is { } old
            && old.ModuleEpoch == core.Module.Epoch
            && IsStillThere(session, old.Handle)
            && (old.Original.Equals(original) || isSameKey!(session, original, old.Handle))
        )
        {
            _copy = old with { Original = original, Epoch = epoch };
            return old.Handle;
        }

        _copy = null;
        if (core.Copies.TryCopy(session, original) is not { } made)
        {
            return null;
        }

        var works = false;
        try
        {
            works = isSameKey!(session, original, made);
        }
        finally
        {
            if (!works)
            {
                session.DestroyOwn(made);
            }
        }

        if (!works)
        {
            throw new HsmException("C_CopyObject", Ckr.CKR_OK, HsmFault.Refused, "the copy does otherwise than its original");
        }

        _copy = new SessionCopy(made, original, epoch, core.Module.Epoch);
        return made;
    }

    // A handle that has died may have been given to another object: none is used that isn't known again.
    private bool IsStillThere(Session session, CULong copy)
    {
        var ownClass = new CULong(objectClass);
        try
        {
            return session.Attribute(copy, Pkcs11.CKA_TOKEN) is [0]
                && session.Attribute(copy, Pkcs11.CKA_CLASS).AsSpan().SequenceEqual(MemoryMarshal.AsBytes(new Span<CULong>(ref ownClass)))
                && session.Attribute(copy, Pkcs11.CKA_LABEL).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(label));
        }
        catch (HsmException e) when (CkrMeaning.Of(e.Ckr) is CkrScope.Handle)
        {
            return false;
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * core.Time.TimestampFrequency);

    /// <param name="Original">The token object it was made from.</param>
    /// <param name="Epoch">The login it is known to live in.</param>
    /// <param name="ModuleEpoch">The initialisation it was made in.</param>
    private sealed record SessionCopy(CULong Handle, CULong Original, long Epoch, long ModuleEpoch);
}
