using System.Runtime.InteropServices;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Hsm.Pins;
using EContract.Hsm.Sessions;
using Microsoft.Extensions.Logging;

namespace EContract.Hsm;

/// <summary>
/// The one way to the token: every operation runs through <see cref="Run"/>, which rents a session, and when the token
/// says no finds out what is broken (session, login, handle, device), mends that, and tries again.
/// </summary>
internal sealed class TokenCore : IDisposable
{
    private const int MaxAttempts = 4;
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);
    private readonly Lock _login = new();
    private readonly Lock _healthLock = new();
    private readonly ILogger _logger;
    private readonly ITimer _watchdog;
    private readonly PinGuard _pinGuard = new();
    private Session? _anchor;
    private long _epoch;
    private volatile bool _givesFaultySignatures;
    private int _openKeys;
    private long _sessionObjects;

    public TokenCore(Module module, TokenOptions options, TimeProvider time, ILogger logger)
    {
        Module = module;
        Options = options;
        Time = time;
        _logger = logger;
        Pins = new PinSource(options);
        Label = options.TokenLabel ?? options.TokenSerial ?? "";
        Threads = new CallThreads($"PKCS#11 {Label}");
        SignCalls = new SignCallPool(this);
        Copies = new CopySession(this);
        var background = Math.Max(1, options.Sessions * options.BackgroundShare / 100);
        Admission = new Admission(options.Sessions, background, options.MaxWaiting, options.WaitTimeout, time);
        Pool = new SessionPool(
            Admission,
            OpenSession,
            options.Sessions,
            time,
            (long)(options.CallTimeout.TotalSeconds * time.TimestampFrequency)
        );
        Health = new TokenHealth(TokenState.Recovering, "opening", time.GetUtcNow());
        _watchdog = time.CreateTimer(static core => ((TokenCore)core!).Watch(), this, WatchInterval, WatchInterval);
    }

    public Module Module { get; }

    public TokenOptions Options { get; }

    public TimeProvider Time { get; }

    public string Label { get; }

    public PinSource Pins { get; }

    public Admission Admission { get; }

    public SessionPool Pool { get; }

    public CallThreads Threads { get; }

    public SignCallPool SignCalls { get; }

    public CopySession Copies { get; }

    public CULong Slot { get; private set; }

    /// <summary>NSS asks for more in templates than the standard does.</summary>
    public bool IsNss { get; private set; }

    /// <summary>Keys in steady use are used by a session copy.</summary>
    public bool MakesCopies { get; private set; }

    public TokenHealth Health { get; private set; }

    /// <summary>Changes whenever object handles may have: after a login and after an initialisation.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    public int OpenKeys => Volatile.Read(ref _openKeys);

    /// <summary>
    /// Runs an operation until it succeeds, fails for good, or mending doesn't help. With <paramref name="isAdmitted"/> the
    /// caller holds a permit, which this call uses up.
    /// </summary>
    public void Run<TOperation>(
        ref TOperation operation,
        string name,
        TokenPriority priority,
        bool isAdmitted,
        TokenCall? call,
        CancellationToken cancellationToken
    )
        where TOperation : ITokenOperation, allows ref struct
    {
        var started = HsmTelemetry.MeasuresDuration ? Time.GetTimestamp() : 0;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (!isAdmitted)
                {
                    Admission.Enter(priority, cancellationToken);
                }

                isAdmitted = false;
                if (TryOnce(ref operation, priority, call, attempt))
                {
                    break;
                }
            }
        }
        catch (HsmException e)
        {
            Measure(name, started, e.Fault);
            throw;
        }

        Measure(name, started, null);
    }

    /// <summary>Runs work whose allocations don't matter, off the caller's thread.</summary>
    public Task<T> RunAsync<T>(
        string name,
        Func<Session, T> body,
        CancellationToken cancellationToken,
        Action? forget = null,
        TimeSpan? callTimeout = null
    ) => new TaskCall<T>(this, body, forget, callTimeout ?? Options.CallTimeout, name).Start(AmbientPriority.Current, cancellationToken);

    /// <summary>Runs work on this thread; a token that hangs hangs the caller.</summary>
    public T RunHere<T>(string name, Func<Session, T> body, CancellationToken cancellationToken, Action? forget = null)
    {
        var operation = new BodyOperation<T>(body, forget);
        Run(ref operation, name, AmbientPriority.Current, isAdmitted: false, null, cancellationToken);
        return operation.Result!;
    }

    /// <summary>
    /// Finds the token, opens the session that keeps the login alive, logs in. Only while no call is in flight on it:
    /// at the beginning, and in a recovery.
    /// </summary>
    public void Connect()
    {
        (Slot, var manufacturer) = Module.FindSlot(Options.TokenLabel, Options.TokenSerial);
        IsNss = manufacturer.StartsWith("Mozilla", StringComparison.Ordinal);
        MakesCopies = Options.SessionCopies switch
        {
            SessionCopies.Always => true,
            SessionCopies.Never => false,
            _ => manufacturer.StartsWith("SoftHSM", StringComparison.Ordinal),
        };
        Pool.BeginEpoch(Module.Epoch);
        _anchor = OpenSession();
        Interlocked.Exchange(ref _sessionObjects, 0);
        LogIn(_anchor);
    }

    /// <summary>Logs in if the login is gone; returns whether it was.</summary>
    public bool EnsureLogin(Session session)
    {
        lock (_login)
        {
            if (session.IsLoggedIn())
            {
                return false;
            }

            // C_CloseAllSessions logs out: the session that was to prevent it may be gone as well.
            if (_anchor is null || !IsAlive(_anchor))
            {
                _anchor = OpenSession();
            }

            LogIn(_anchor);
            HsmTelemetry.Recovered(Label, "login");
            _logger.LogWarning("Token {Token}: the login was lost and is renewed", Label);
            return true;
        }
    }

    /// <summary>A session on this token; the caller holds a permit.</summary>
    public Session OpenSession() => Module.OpenSession(Slot, !Options.ReadOnly, Time);

    /// <summary>
    /// Searches or makes token objects: one at a time in the process. SoftHSM answers a search beside a generation with
    /// spurious CKR_GENERAL_ERROR.
    /// </summary>
    public T InObjectStore<T>(Func<T> body)
    {
        if (!Module.ObjectStore.TryEnter(Options.WaitTimeout))
        {
            // A generation takes its time and is no fault; a call that hangs may be the one that is in the way.
            var fault = Admission.Lost > 0 ? HsmFault.Unavailable : HsmFault.Busy;
            throw new HsmException("C_FindObjects", Ckr.CKR_OK, fault, "another search or generation takes too long");
        }

        try
        {
            return body();
        }
        finally
        {
            Module.ObjectStore.Exit();
        }
    }

    /// <summary>Counts session objects made; soft tokens leak a little with each, and only C_Finalize gives it back.</summary>
    public void CountSessionObjects(int made)
    {
        var count = Interlocked.Add(ref _sessionObjects, made);
        if (Options.RecycleAfter > 0 && count >= Options.RecycleAfter)
        {
            Module.Recovery.Request($"{count} session objects made", Module.Epoch, isPlanned: true);
        }
    }

    public void CountOpenKeys(int change) => Interlocked.Add(ref _openKeys, change);

    public void Report(TokenState state, string reason)
    {
        lock (_healthLock)
        {
            if (Health.State != TokenState.Closed && (Health.State, Health.Reason) != (state, reason))
            {
                Health = new TokenHealth(state, reason, Time.GetUtcNow());
            }
        }
    }

    /// <summary>A signature doesn't verify: the token stays degraded until one does again.</summary>
    public void ReportFaultySignature(string reason)
    {
        lock (_healthLock)
        {
            _givesFaultySignatures = true;
            Report(TokenState.Degraded, reason);
        }
    }

    public void ReportGoodSignature()
    {
        if (_givesFaultySignatures)
        {
            _givesFaultySignatures = false;
            Succeed();
        }
    }

    /// <summary>A key goes without a session copy; the token object serves as well, only slower.</summary>
    public void ReportNoCopy(string label, HsmException why)
    {
        HsmTelemetry.Failed(Label, why);
        _logger.LogInformation("Token {Token}: no session copy of key {Key}: {Error}", Label, label, why.Message);
    }

    public void Dispose()
    {
        Report(TokenState.Closed, "closed");
        _watchdog.Dispose();
        HsmTelemetry.Remove(this);
        Admission.Close(new HsmException("close", Ckr.CKR_OK, HsmFault.Unavailable, "the token is closed"));
        Threads.End();
        Pins.Dispose();
    }

    /// <summary>Gives the sessions back. Only after everybody has left.</summary>
    public void Disconnect()
    {
        Pool.CloseIdle();
        Copies.Close();
        _anchor?.Close();
        _anchor = null;
    }

    private bool TryOnce<TOperation>(ref TOperation operation, TokenPriority priority, TokenCall? call, int attempt)
        where TOperation : ITokenOperation, allows ref struct
    {
        Session? session = null;
        var isUsable = false;
        var epoch = Module.Epoch;
        string why;
        try
        {
            session = Pool.Take(priority, call);
            operation.Execute(session);
            isUsable = true;
            Succeed();
            return true;
        }
        catch (HsmException e) when (e.Ckr != Ckr.CKR_OK)
        {
            HsmTelemetry.Failed(Label, e);
            var scope = CkrMeaning.Of(e.Ckr);
            if (scope is CkrScope.Request && session is { UsesCopy: true } && attempt == 1)
            {
                // A copy that dies under a call, with its login, may fail it by anything: SoftHSM says CKR_KEY_FUNCTION_NOT_PERMITTED.
                scope = CkrScope.Handle;
            }

            isUsable = scope is CkrScope.Request or CkrScope.Handle or CkrScope.Login;
            if (scope is CkrScope.Request or CkrScope.Pin || e.Fault is HsmFault.KeyNotFound || attempt == MaxAttempts)
            {
                Trouble(scope, e);
                throw;
            }

            operation.Forget();
            why = e.Message;
            if (MendHere(scope, session, attempt))
            {
                return false;
            }

            if (!Module.Recovery.Request(why, epoch, isPlanned: false))
            {
                Trouble(scope, e);
                throw;
            }

            return false;
        }
        finally
        {
            if (session is null)
            {
                Admission.Exit(priority);
            }
            else
            {
                CallThreads.Finish(Pool, session, isUsable);
            }
        }
    }

    // What can be mended while others go on working; true if it is worth another attempt without more ado.
    private bool MendHere(CkrScope scope, Session? session, int attempt)
    {
        switch (scope)
        {
            case CkrScope.Session:
                Pool.CloseIdle();
                HsmTelemetry.Recovered(Label, "session");
                return attempt < 3;
            case CkrScope.Login or CkrScope.Handle when session is not null:
                try
                {
                    return EnsureLogin(session) || attempt == 1;
                }
                catch (HsmException e) when (CkrMeaning.Of(e.Ckr) is not CkrScope.Pin)
                {
                    return false;
                }

            case CkrScope.Device:
                // A fresh session first: some devices only drop a connection.
                return attempt == 1;
            default:
                return false;
        }
    }

    private void LogIn(Session session)
    {
        using (var pin = Pins.Read())
        {
            _pinGuard.ThrowIfRefused(pin);
            var name = Options.UserName is { } user ? System.Text.Encoding.UTF8.GetBytes(user) : [];
            var ckr = session.Login(Pkcs11.CKU_USER, pin.Bytes, name);
            if (CkrMeaning.Of(ckr) == CkrScope.Pin)
            {
                _pinGuard.Remember(pin);
            }

            // The application may be logged in already: another Token object on the same token did it.
            if (ckr is not (Ckr.CKR_OK or Ckr.CKR_USER_ALREADY_LOGGED_IN))
            {
                throw new HsmException("C_Login", ckr);
            }
        }

        Interlocked.Increment(ref _epoch);
    }

    private static bool IsAlive(Session session)
    {
        try
        {
            session.IsLoggedIn();
            return true;
        }
        catch (HsmException)
        {
            return false;
        }
    }

    private void Succeed()
    {
        Module.Recovery.Succeeded();
        if (Health.State == TokenState.Ready)
        {
            return;
        }

        lock (_healthLock)
        {
            if (Admission.Lost == 0 && !_givesFaultySignatures)
            {
                Report(TokenState.Ready, "serving");
            }
        }
    }

    private void Trouble(CkrScope scope, HsmException e)
    {
        if (scope != CkrScope.Request)
        {
            Report(TokenState.Degraded, e.Message);
        }
    }

    private void Watch()
    {
        Admission.Expire();
        foreach (var function in Pool.WriteOffHanging())
        {
            Report(TokenState.Degraded, $"{Admission.Lost} calls hang, the last in {function}");
            HsmTelemetry.Failed(Label, new HsmException(function, Ckr.CKR_OK, HsmFault.Hanging, "hangs"));
            _logger.LogError("Token {Token}: a call hangs in {Function}; its session is written off", Label, function);
        }
    }

    private void Measure(string name, long started, HsmFault? fault)
    {
        if (started != 0)
        {
            HsmTelemetry.Done(Label, name, Time.GetElapsedTime(started), fault);
        }
    }

    private struct BodyOperation<T>(Func<Session, T> body, Action? forget) : ITokenOperation
    {
        public T? Result { get; private set; }

        public void Execute(Session session) => Result = body(session);

        public readonly void Forget() => forget?.Invoke();
    }
}
