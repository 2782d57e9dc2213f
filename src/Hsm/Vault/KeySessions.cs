using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Vault;

/// <summary>
/// Sessions that hold opened keys, one each: session objects die with the session that made them, so a lost one costs
/// one key, and closing it is the last means of destroying a key. Bounded apart from the signing sessions.
/// </summary>
internal sealed class KeySessions(TokenCore core) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<Session> _idle = new();
    private readonly Stack<Session> _condemned = new();
    private readonly SemaphoreSlim _permits = new(core.Options.KeySessions);

    /// <summary>Reserves room for one open key.</summary>
    /// <exception cref="HsmException"><see cref="HsmFault.Busy"/>.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        if (!await _permits.WaitAsync(core.Options.WaitTimeout, cancellationToken).ConfigureAwait(false))
        {
            throw new HsmException("wait", Ckr.CKR_OK, HsmFault.Busy, $"{core.Options.KeySessions} keys are open already");
        }

        core.CountOpenKeys(1);
    }

    public void Exit()
    {
        core.CountOpenKeys(-1);
        _permits.Release();
    }

    /// <summary>A session for a key. The caller is in a call on the token.</summary>
    public Session Take()
    {
        CloseCondemned();
        lock (_lock)
        {
            while (_idle.TryPop(out var idle))
            {
                if (idle.Epoch == core.Module.Epoch)
                {
                    return idle;
                }
            }
        }

        return core.OpenSession();
    }

    /// <summary>Gives back a session without objects on it.</summary>
    public void Return(Session session)
    {
        lock (_lock)
        {
            (session.IsDirty ? _condemned : _idle).Push(session);
        }
    }

    /// <summary>The session may have objects on it, or be dead: it is closed with the next call that reaches the token.</summary>
    public void Condemn(Session session)
    {
        lock (_lock)
        {
            _condemned.Push(session);
        }
    }

    /// <summary>Closes what is to be closed. The caller is in a call on the token.</summary>
    public void CloseCondemned()
    {
        while (true)
        {
            Session session;
            lock (_lock)
            {
                if (!_condemned.TryPop(out session!))
                {
                    return;
                }
            }

            if (session.Epoch == core.Module.Epoch)
            {
                session.Close();
            }
        }
    }

    /// <summary>Closes all. Nobody is in a call on the token any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out var idle))
            {
                _condemned.Push(idle);
            }
        }

        CloseCondemned();
    }
}
