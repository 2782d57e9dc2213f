namespace EContract.Hsm.Sessions;

/// <summary>A call whose allocation doesn't matter: look-ups, generation, wrapping.</summary>
internal sealed class TaskCall<T>(TokenCore core, Func<Session, T> body, Action? forget, TimeSpan callTimeout, string name)
    : TokenCall(core)
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;

    public Task<T> Start(TokenPriority priority, CancellationToken cancellationToken)
    {
        Priority = priority;
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            Core.Admission.Begin(this);
        }
        catch (HsmException e)
        {
            Fail(e);
            return _result.Task;
        }

        _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCall<T>)state!).Cancel(token), this);
        if (_result.Task.IsCompleted)
        {
            _cancellation.Unregister();
        }

        return _result.Task;
    }

    public override void Run()
    {
        var operation = new Operation(body, forget, callTimeout);
        try
        {
            Core.Run(ref operation, name, Priority, isAdmitted: true, this, CancellationToken.None);
        }
#pragma warning disable CA1031 // whatever it is, it is the caller's answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            return;
        }

        if (TryAnswer())
        {
            _cancellation.Unregister();
            _result.TrySetResult(operation.Result!);
        }
        else
        {
            (operation.Result as IDisposable)?.Dispose();
        }
    }

    public override void Fail(Exception exception)
    {
        if (TryAnswer())
        {
            _cancellation.Unregister();
            _result.TrySetException(exception);
        }
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (!TryAnswer())
        {
            return;
        }

        Core.Admission.TryLeave(this);
        _result.TrySetCanceled(cancellationToken);
    }

    private struct Operation(Func<Session, T> body, Action? forget, TimeSpan callTimeout) : ITokenOperation
    {
        public T? Result { get; private set; }

        public void Execute(Session session)
        {
            session.AllowPerCall(callTimeout);
            Result = body(session);
        }

        public readonly void Forget() => forget?.Invoke();
    }
}
