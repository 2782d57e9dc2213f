using System.Security.Cryptography;
using System.Threading.Tasks.Sources;
using EContract.Hsm.Keys;

namespace EContract.Hsm.Sessions;

/// <summary>
/// An asynchronous signature. It signs from and into buffers of its own: after a cancellation the caller's memory is the
/// caller's again, whatever the token still does. Used again after both the caller and the thread are done with it.
/// </summary>
internal sealed class SignCall(TokenCore core, SignCallPool pool) : TokenCall(core), IValueTaskSource<int>
{
    private readonly byte[] _digest = new byte[64];
    private readonly byte[] _signature = new byte[512];
    private ManualResetValueTaskSourceCore<int> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private int _users;
    private NativeSigningKey _key = null!;
    private int _digestLength;
    private HashAlgorithmName _hash;
    private SignatureScheme _scheme;
    private Memory<byte> _destination;

    public ValueTask<int> Start(
        NativeSigningKey key,
        ReadOnlySpan<byte> digest,
        HashAlgorithmName hash,
        SignatureScheme scheme,
        Memory<byte> destination,
        CancellationToken cancellationToken
    )
    {
        (_key, _hash, _scheme, _destination, _digestLength) = (key, hash, scheme, destination, digest.Length);
        digest.CopyTo(_digest);
        Priority = AmbientPriority.Current;
        _users = 2;
        try
        {
            // Before it begins: afterwards it may be finished, and used for another call, at any moment.
            _cancellation = cancellationToken.UnsafeRegister(static (s, token) => ((SignCall)s!).Cancel(token), this);
            Core.Admission.Begin(this);
        }
        catch (HsmException e)
        {
            Refused(e);
        }

        return new ValueTask<int>(this, _source.Version);
    }

    public override void Run()
    {
        try
        {
            if (IsAnswered)
            {
                Core.Admission.Exit(Priority);
                return;
            }

            var written = _key.SignAdmitted(_digest.AsSpan(0, _digestLength), _hash, _scheme, _signature, this);
            if (TryAnswer())
            {
                _signature.AsSpan(0, written).CopyTo(_destination.Span);
                _cancellation.Dispose();
                // The caller goes on here: the thread is free again, and to wake another for him costs as much as a signature.
                // Failures are told from the watchdog and from cancellations too, and those must not run a caller's code.
                _source.RunContinuationsAsynchronously = false;
                Core.Threads.GoOn(ref _source, written);
            }
        }
#pragma warning disable CA1031 // whatever it is, it is the caller's answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
        finally
        {
            Leave();
        }
    }

    public override void Fail(Exception exception)
    {
        if (TryAnswer())
        {
            // Waits for a cancellation that is under way: it must not meet the next call that uses this object.
            _cancellation.Dispose();
            _source.SetException(exception);
        }
    }

    internal override void Refused(HsmException reason)
    {
        Fail(reason);
        Leave();
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (!TryAnswer())
        {
            return;
        }

        var left = Core.Admission.TryLeave(this);
        _source.SetException(new OperationCanceledException(cancellationToken));
        if (left)
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            CryptographicOperations.ZeroMemory(_signature);
            _source.Reset();
            _source.RunContinuationsAsynchronously = true;
            _cancellation = default;
            _destination = default;
            Renew();
            pool.Return(this);
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Leave();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);
}
