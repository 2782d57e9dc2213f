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
    private readonly long[] _succeeded = new long[Callers]; // each written by its caller only
    private long _longestTicks;
    private int _wrong;

    private LoadUnderFault(TimeSpan? deadline) => _deadline = deadline;

    public FaultShimToken Shim => _shim;

    public Token Token => _token;

    public long Succeeded => Enumerable.Range(0, Callers).Sum(caller => Volatile.Read(ref _succeeded[caller]));

    public IReadOnlyCollection<Exception> Failures => _failures;

    /// <summary>Signatures given out that don't verify. Must stay 0.</summary>
    public int Wrong => _wrong;

    public TimeSpan LongestCall => new(Interlocked.Read(ref _longestTicks));

    /// <param name="wrapped">Every fourth caller signs with a wrapped key; otherwise all sign with the token key.</param>
    public static async Task<LoadUnderFault> StartAsync(Action<TokenOptions>? change = null, TimeSpan? deadline = null, bool wrapped = true)
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
            var signsWrapped = wrapped && i % 4 == 3;
            var caller = i;
            load._callers.Add(Task.Run(() => load.CallAsync(caller, signsWrapped)));
        }

        await load.SucceedAgainAsync("the load doesn't get going");
        return load;
    }

    /// <summary>
    /// Waits until a hundred more calls have succeeded, of each caller one: nobody meets a second fault in the call in which
    /// he met the first. How long until the first of them.
    /// </summary>
    public async Task<TimeSpan> SucceedAgainAsync(string otherwise)
    {
        var from = Succeeded;
        var ofEach = Enumerable.Range(0, Callers).Select(caller => Volatile.Read(ref _succeeded[caller])).ToArray();
        var watch = Stopwatch.StartNew();
        TimeSpan? first = null;
        while (Succeeded < from + 100 || ofEach.Where((before, caller) => Volatile.Read(ref _succeeded[caller]) == before).Any())
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
                // What the edge tells as UNAVAILABLE.
                Assert.True(
                    fault.Fault is HsmFault.Unavailable or HsmFault.Hanging or HsmFault.FaultySignature,
                    $"{fault.Fault}: {fault.Message}"
                );
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
        // The vault keeps nothing open, and of a key in steady use there is one copy at most.
        var objects = await SessionObjects.LabelsAsync(_token, CancellationToken.None);
        Assert.Equal(objects.Distinct(), objects);
        Assert.Subset(new HashSet<string> { "load", "master" }, objects.ToHashSet());
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

    private async Task CallAsync(int caller, bool wrapped)
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

                Volatile.Write(ref _succeeded[caller], _succeeded[caller] + 1);
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
