using System.Runtime.InteropServices;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Vault;

/// <summary>
/// A subscriber's key opened on the token: a session object, not extractable, for signing only. Disposing destroys it.
/// Signatures are verified before release unless the vault's options leave that to the caller.
/// </summary>
/// <remarks>
/// It keeps the stretched PIN (not the PIN) in pinned memory until disposed, so that it can open itself again after the
/// token lost its sessions or the module was recycled: an operator's seal session outlives both.
/// </remarks>
public sealed class UnwrappedKey : NativeSigningKey, IAsyncDisposable
{
    private readonly Vault _vault;
    private readonly WrappedKeyBlob _blob;
    private readonly PinStretch _stretch;
    private readonly Lock _lock = new();
    private Session? _session;
    private CULong _handle;
    private long _epoch = -1;
    private int _isDisposed;
    private int _isAbandoned;

    internal UnwrappedKey(TokenCore core, Vault vault, string credentialId, WrappedKeyBlob blob, PinStretch stretch)
        : base(core, credentialId, blob.Algorithm, blob.SubjectPublicKeyInfo, vault.SignatureCheck)
    {
        _vault = vault;
        _blob = blob;
        _stretch = stretch;
    }

    /// <summary>A key that nobody disposed: its session is closed with the next call, and its room is free again.</summary>
    ~UnwrappedKey()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Abandon();
        }
    }

    /// <summary>Destroys the key on the token. If the token isn't there just now it dies with its session.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        GC.SuppressFinalize(this);
        // Whoever is opening it now, perhaps hanging in it, sees that it is disposed and clears up.
        if (_lock.TryEnter())
        {
            Session? session;
            try
            {
                session = _epoch == Core.Epoch ? _session : null;
                _session = session is null ? _session : null;
            }
            finally
            {
                _lock.Exit();
            }

            if (session is not null && !await TryDestroyAsync(session).ConfigureAwait(false))
            {
                _vault.Sessions.Condemn(session);
            }

            Abandon();
        }
    }

    /// <summary>Opens the key on the token if it isn't; false if the PIN is wrong. In a call on the token.</summary>
    internal bool TryOpen(Session rented)
    {
        if (!_lock.TryEnter(Core.Options.CallTimeout))
        {
            throw new HsmException("C_UnwrapKey", Ckr.CKR_OK, HsmFault.Hanging, "another call hangs while it opens the key");
        }

        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
            return Volatile.Read(ref _epoch) == Core.Epoch || TryOpenAnew(rented);
        }
        finally
        {
            if (Volatile.Read(ref _isDisposed) != 0)
            {
                Abandon();
            }

            _lock.Exit();
        }
    }

    private protected override CULong Resolve(Session session)
    {
        // The PIN was right when the key was opened first, and the blob is authentic.
        if (!TryOpen(session))
        {
            throw new HsmException(
                "C_DeriveKey",
                Ckr.CKR_FUNCTION_FAILED,
                HsmFault.Unavailable,
                "the token derives another key than before"
            );
        }

        return _handle;
    }

    private protected override void Forget()
    {
        Volatile.Write(ref _epoch, -1);
        _vault.ForgetMaster();
    }

    private bool TryOpenAnew(Session rented)
    {
        if (_session is { } lost)
        {
            _session = null;
            _vault.Sessions.Condemn(lost);
        }

        var epoch = Core.Epoch;
        var session = _vault.Sessions.Take();
        rented.Companion = session;
        session.UsesCopy = false;
        try
        {
            if (_vault.Open(session, _blob, _stretch) is not { } handle)
            {
                _vault.Sessions.Return(session);
                return false;
            }

            (_session, _handle, _epoch) = (session, handle, epoch);
            return true;
        }
        catch
        {
            _vault.Sessions.Condemn(session);
            throw;
        }
        finally
        {
            rented.Companion = null;
            rented.UsesCopy |= session.UsesCopy;
        }
    }

    private void Abandon()
    {
        if (Interlocked.Exchange(ref _isAbandoned, 1) != 0)
        {
            return;
        }

        _stretch.Dispose();
        if (_session is { } session)
        {
            _vault.Sessions.Condemn(session);
        }

        _vault.Sessions.Exit();
    }

    private async Task<bool> TryDestroyAsync(Session session)
    {
        try
        {
            return await Core.RunAsync("destroy", rented => Destroy(rented, session), CancellationToken.None).ConfigureAwait(false);
        }
        catch (HsmException)
        {
            return false;
        }
    }

    private bool Destroy(Session rented, Session session)
    {
        // A recycling in between has destroyed it already.
        if (session.Epoch != Core.Module.Epoch)
        {
            return true;
        }

        rented.Companion = session;
        session.DestroyOwn(_handle);
        rented.Companion = null;
        _vault.Sessions.Return(session);
        return true;
    }
}
