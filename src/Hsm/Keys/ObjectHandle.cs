using System.Runtime.InteropServices;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>A token object's handle, found once by class and label and kept until handles change.</summary>
internal sealed class ObjectHandle(TokenCore core, uint objectClass, string label)
{
    private Cached? _cached;
    private long? _missingSince;

    /// <exception cref="HsmException">Not there: transient at first, <see cref="HsmFault.KeyNotFound"/> if a new initialisation didn't bring it back.</exception>
    public CULong Resolve(Session session)
    {
        if (_cached is { } cached && cached.Epoch == core.Epoch)
        {
            return cached.Handle;
        }

        return Find(session);
    }

    // Apart, because its closure would be allocated at every call.
    private CULong Find(Session session)
    {
        var epoch = core.Epoch;
        var found = core.InObjectStore(() => TokenObjects.FindKeys(core, session, objectClass, label));

        if (found.Length == 1)
        {
            _cached = new Cached(found[0], epoch);
            _missingSince = null;
            return found[0];
        }

        var stillMissing = _missingSince is { } since && since < core.Module.Epoch;
        _missingSince ??= core.Module.Epoch;
        throw new HsmException(
            "C_FindObjects",
            Ckr.CKR_OBJECT_HANDLE_INVALID,
            stillMissing || found.Length > 1 ? HsmFault.KeyNotFound : HsmFault.Unavailable,
            $"{found.Length} objects called '{label}' where one is expected"
        );
    }

    /// <summary>Seeds the handle that a search or generation gave.</summary>
    public void Set(CULong handle, long epoch) => _cached = new Cached(handle, epoch);

    public void Forget() => _cached = null;

    private sealed record Cached(CULong Handle, long Epoch);
}
