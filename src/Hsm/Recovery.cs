using EContract.Hsm.Native;
using EContract.Hsm.Sessions;
using Microsoft.Extensions.Logging;

namespace EContract.Hsm;

/// <summary>
/// Initialises the module anew: everybody out, C_Finalize, C_Initialize, find the tokens, log in, everybody in. Callers
/// wait meanwhile; if it fails they are refused with the reason and it is tried again, at most a second later, for ever.
/// </summary>
internal sealed class Recovery(Module module, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PutOff = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private bool _isRunning;
    private bool _wasPutOff;
    private int _inVain;
    private long _last;

    /// <summary>
    /// Begins a recovery unless one is under way or has happened since <paramref name="seenEpoch"/>. After it returned
    /// true the caller asks for admission again, and so waits for the outcome. False: the last recovery didn't help
    /// and was only just now; the caller's failure stands.
    /// </summary>
    public bool Request(string why, long seenEpoch, bool isPlanned)
    {
        lock (_lock)
        {
            if (_isRunning || module.Epoch != seenEpoch)
            {
                return true;
            }

            var since = time.GetElapsedTime(_last);
            if (isPlanned ? _wasPutOff && since < PutOff : _inVain > 0 && since < Pause(_inVain))
            {
                return false;
            }

            _isRunning = true;
            if (!isPlanned)
            {
                _inVain++;
            }

            // Under the lock: whoever hears that a recovery is under way must find the door shut.
            foreach (var token in module.Tokens)
            {
                _ = token.Admission.PauseAsync(why);
                token.Report(TokenState.Recovering, why);
            }
        }

        _ = Task.Factory.StartNew(() => RunAsync(why, isPlanned), TaskCreationOptions.LongRunning);
        return true;
    }

    /// <summary>A call went well: the next fault is a new one.</summary>
    public void Succeeded()
    {
        if (Volatile.Read(ref _inVain) != 0)
        {
            Volatile.Write(ref _inVain, 0);
        }
    }

    private static TimeSpan Pause(int failures) =>
        TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(failures, 10), LongestPause.Ticks));

    private async Task RunAsync(string why, bool isPlanned)
    {
        var failures = 0;
        while (true)
        {
            if (!await DrainAsync(why, isPlanned).ConfigureAwait(false))
            {
                break;
            }

            // Native calls that may hang: on a thread of their own, never on one of the pool.
            var healed = await Task.Factory.StartNew(() => TryReinitialize(why), TaskCreationOptions.LongRunning).ConfigureAwait(false);
            if (healed)
            {
                break;
            }

            isPlanned = false;
            await Task.Delay(Pause(failures++), time).ConfigureAwait(false);
        }

        lock (_lock)
        {
            // Resumed under the lock: a recovery that begins right after must not find its pause lifted.
            foreach (var token in module.Tokens)
            {
                token.Admission.Resume();
            }

            _last = time.GetTimestamp();
            _isRunning = false;
        }
    }

    /// <summary>A token joins the module; if a recovery is under way it has to wait for it.</summary>
    public void Attach(TokenCore token)
    {
        lock (_lock)
        {
            module.Add(token);
            if (_isRunning)
            {
                _ = token.Admission.PauseAsync("the module is being initialised");
            }
        }
    }

    // A planned recycling gives way to calls that hang; a forced one has to wait for them, and says so.
    private async Task<bool> DrainAsync(string why, bool isPlanned)
    {
        foreach (var token in module.Tokens)
        {
            var drained = token.Admission.PauseAsync(why);
            try
            {
                await drained.WaitAsync(token.Options.CallTimeout, time).ConfigureAwait(false);
            }
            catch (TimeoutException) when (isPlanned)
            {
                foreach (var every in module.Tokens)
                {
                    every.Report(TokenState.Degraded, $"calls hang, recycling is put off: {why}");
                }

                _wasPutOff = true;
                return false;
            }
            catch (TimeoutException)
            {
                Close(token, new HsmException("C_Finalize", Ckr.CKR_OK, HsmFault.Unavailable, $"{token.Admission.Lost} calls hang; {why}"));
                await drained.ConfigureAwait(false);
            }
        }

        return true;
    }

    private bool TryReinitialize(string why)
    {
        lock (module.Connecting)
        {
            return module.Tokens.Count == 0 || TryReinitializeAlone(why);
        }
    }

    private bool TryReinitializeAlone(string why)
    {
        try
        {
            module.Reinitialize();
            _wasPutOff = false;
        }
        catch (HsmException e)
        {
            logger.LogError("PKCS#11 module can't be initialised again ({Why}): {Error}", why, e.Message);
            foreach (var token in module.Tokens)
            {
                Close(token, e);
            }

            return false;
        }

        var healed = true;
        foreach (var token in module.Tokens)
        {
            try
            {
                token.Connect();
                // Another token of the module may still be missing: that is no reason for this one to wait.
                token.Admission.Resume();
                token.Report(TokenState.Ready, $"recovered: {why}");
                HsmTelemetry.Recovered(token.Label, "recycle");
                logger.LogInformation("Token {Token} recovered ({Why})", token.Label, why);
            }
            catch (HsmException e)
            {
                healed = false;
                logger.LogWarning("Token {Token} isn't back ({Why}): {Error}", token.Label, why, e.Message);
                Close(token, e);
            }
        }

        return healed;
    }

    private static void Close(TokenCore token, HsmException reason)
    {
        token.Report(TokenState.Unavailable, reason.Message);
        token.Admission.Close(
            reason.Fault == HsmFault.PinRefused
                ? reason
                : new HsmException(reason.Function, reason.Ckr, HsmFault.Unavailable, reason.Message)
        );
    }
}
