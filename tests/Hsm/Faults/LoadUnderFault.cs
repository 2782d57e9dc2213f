using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Faults;

/// <summary>
/// Eight callers sign, with a token key and with wrapped keys, while a fault comes and goes. Every signature that was
/// given out is verified; every failure is kept.
/// </summary>
internal sealed class LoadUnderFault : IAsyncDisposable
{
    private const int Callers = 8;
    private static readonly byte[] Pin = "1234"u8.ToArray();
    private readonly FaultShimToken _shim = FaultShimToken.Create();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly TimeSpan? _deadline;
    private readonly List<Task> _callers = [];
    private Token _token = null!;
    private ISigningKey _key = null!;
    private Hsm.Vault.Vault _vault = null!;
    private byte[] _blob = [];
    private long _succeeded;
    private long _longestTicks;
    private int _wrong;

    private LoadUnderFault(TimeSpan? deadline) => _deadline = deadline;

    public FaultShimToken Shim => _shim;

    public Token Token => _token;

    public long Succeeded => Interlocked.Read(ref _succeeded);

    public IReadOnlyCollection<Exception> Failures => _failures;

    /// <summary>Signatures given out that don't verify. Must stay 0.</summary>
    public int Wrong => _wrong;

    public TimeSpan LongestCall => new(Interlocked.Read(ref _longestTicks));

    public static async Task<LoadUnderFault> StartAsync(Action<TokenOptions>? change = null, TimeSpan? deadline = null)
    {
        var load = new LoadUnderFault(deadline);
        var stop = TestContext.Current.CancellationToken;
        load._token = await load._shim.OpenAsync(
            options =>
            {
                // The verification must come from this test, not from the layer, in all but the scenarios that say so.
                options.CallTimeout = TimeSpan.FromSeconds(1);
                options.WaitTimeout = TimeSpan.FromSeconds(5);
                change?.Invoke(options);
            },
            stop
        );
        load._key = await load._token.GenerateSigningKeyAsync("load", KeyAlgorithm.EcdsaP256, stop);
        await load._token.GenerateMasterAsync("master", stop);
        load._vault = (await load._token.OpenVaultAsync("master", new VaultOptions { Rounds = 10 }, stop))!;
        load._blob = await load._vault.CreateAsync("alice", KeyAlgorithm.EcdsaP256, Pin, (_, blob, _) => Task.FromResult(blob), stop);
        for (var i = 0; i < Callers; i++)
        {
            var wrapped = i % 4 == 3;
            load._callers.Add(Task.Run(() => load.CallAsync(wrapped)));
        }

        await load.SucceedAgainAsync("the load doesn't get going");
        return load;
    }

    /// <summary>Waits until a hundred more calls have succeeded; how long until the first of them.</summary>
    public async Task<TimeSpan> SucceedAgainAsync(string otherwise)
    {
        var from = Succeeded;
        var watch = Stopwatch.StartNew();
        TimeSpan? first = null;
        while (Succeeded < from + 100)
        {
            if (Succeeded > from)
            {
                first ??= watch.Elapsed;
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{otherwise}; {_token.Health}; {_failures.LastOrDefault()?.Message}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return first ?? watch.Elapsed;
    }

    /// <summary>Waits until that many more calls have failed.</summary>
    public async Task FailAsync(int count)
    {
        var from = _failures.Count;
        var watch = Stopwatch.StartNew();
        while (_failures.Count < from + count)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "the fault does nothing");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Stops the callers and checks what must hold after every fault.</summary>
    public async Task AssertCleanAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        Assert.Equal(0, Wrong);
        Assert.All(
            _failures,
            failure =>
            {
                var fault = Assert.IsType<HsmException>(failure);
                Assert.True(fault.IsTransient, $"{fault.Fault}: {fault.Message}");
                Assert.NotEqual("", fault.Message);
            }
        );
        var core = _token.Core;
        // Calls whose callers went away at their deadline may still be coming back.
        for (var i = 0; i < 1000 && core.Admission.InUse + core.Admission.Lost > 0; i++)
        {
            await Task.Delay(10);
        }

        // A recycling that the last call began may still be under way; a call waits for its end.
        await _token.RandomAsync(1, CancellationToken.None);
        Assert.Equal(TokenState.Ready, _token.Health.State);
        Assert.Equal((0, 0, 0, 0), (core.Admission.InUse, core.Admission.Waiting, core.Admission.Lost, core.OpenKeys));
        // Only the searching session's own view: nothing but what the vault keeps open, which is nothing.
        var objects = await core.RunAsync(
            "count",
            session =>
            {
                using var template = new Native.AttributeTemplate().Add(Native.Pkcs11.CKA_TOKEN, false);
                return session.Find(template, 256).Length;
            },
            CancellationToken.None
        );
        Assert.Equal(0, objects);
        await _token.DisposeAsync();
        Assert.Equal(0, _shim.OpenSessions);
    }

    public async ValueTask DisposeAsync()
    {
        _shim.Inject();
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        await _token.DisposeAsync();
        _stop.Dispose();
        _shim.Dispose();
    }

    private async Task CallAsync(bool wrapped)
    {
        var signature = new byte[_key.MaxSignatureSize];
        var keyVerifier = new PublicKeyVerifier(_key.Algorithm, _key.SubjectPublicKeyInfo);
        var digest = RandomNumberGenerator.GetBytes(32);
        var digests = new[] { new DigestToSign(digest, HashAlgorithmName.SHA256, SignatureScheme.Ecdsa) };
        while (!_stop.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            using var deadline = _deadline is { } d ? new CancellationTokenSource(d) : null;
            try
            {
                if (wrapped)
                {
                    // Verified by the layer before release; WrongPin would be null.
                    Assert.NotNull(await _vault.SignAsync("alice", _blob, Pin, digests, deadline?.Token ?? CancellationToken.None));
                }
                else
                {
                    var length = await _key.SignDigestAsync(
                        digest,
                        HashAlgorithmName.SHA256,
                        SignatureScheme.Ecdsa,
                        signature,
                        deadline?.Token ?? CancellationToken.None
                    );
                    if (!keyVerifier.Verify(digest, signature.AsSpan(0, length), HashAlgorithmName.SHA256, SignatureScheme.Ecdsa))
                    {
                        Interlocked.Increment(ref _wrong);
                    }
                }

                Interlocked.Increment(ref _succeeded);
            }
            catch (OperationCanceledException) when (_deadline is not null)
            {
                Note(watch.Elapsed);
                _failures.Enqueue(new HsmException("deadline", Native.Ckr.CKR_OK, HsmFault.Hanging, "the caller's deadline"));
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Note(watch.Elapsed);
                _failures.Enqueue(e);
                await Task.Yield();
            }
        }
    }

    private void Note(TimeSpan elapsed)
    {
        long before;
        do
        {
            before = Interlocked.Read(ref _longestTicks);
        } while (elapsed.Ticks > before && Interlocked.CompareExchange(ref _longestTicks, elapsed.Ticks, before) != before);
    }
}
