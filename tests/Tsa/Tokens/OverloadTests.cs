using System.Net;
using System.Security.Cryptography;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Hsm.Native;
using EContract.Pki.Tsp;
using EContract.TestKit;
using Xunit;

namespace EContract.Tsa.Tests.Tokens;

public sealed class OverloadTests : IAsyncLifetime
{
    private static readonly byte[] Query = TimeStampReq.Create(new byte[32], HashAlgorithmName.SHA256).Encode();
    private PostgresDatabase? _database;

    public async ValueTask InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database!.DisposeAsync();

    [Fact]
    public async Task Beyond_the_queue_a_request_is_refused_at_once_and_nobody_who_waits_is_lost()
    {
        using var slow = new ManualResetEventSlim();
        await using TsaHost host = await TsaHost.StartAsync(
            _database!.ConnectionString,
            configure: (settings, _) =>
            {
                settings["Tsa:MaxConcurrentSignatures"] = "1";
                settings["Tsa:MaxQueue"] = "3";
                settings["Tsa:QueueTimeout"] = "00:05:00";
            },
            wrap: (_, key) => new SlowKey(key, slow),
            units: ["p256"]
        );
        Task<HttpResponseMessage>[] requests = [.. Enumerable.Range(0, 10).Select(_ => host.SendAsync(Query, "/tsa/p256"))];

        // one signs, three wait, six are refused while the token still hangs
        var refused = new List<HttpResponseMessage>();
        var open = new List<Task<HttpResponseMessage>>(requests);
        while (refused.Count < 6)
        {
            Task<HttpResponseMessage> done = await Task.WhenAny(open);
            open.Remove(done);
            refused.Add(await done);
        }

        foreach (HttpResponseMessage response in refused)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            var reply = TimeStampResp.Decode(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(PkiFailureInfo.SystemFailure, reply.Status.FailInfo);
            response.Dispose();
        }

        // what needs no signature is answered all the same
        Assert.Equal(PkiFailureInfo.BadDataFormat, TimeStampResp.Decode(await host.PostAsync([1, 2, 3])).Status.FailInfo);

        slow.Set();
        foreach (Task<HttpResponseMessage> waiting in open)
        {
            using HttpResponseMessage response = await waiting;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(4, open.Count);
    }

    [Fact]
    public async Task A_token_that_says_no_is_systemFailure_and_serves_again_when_it_is_back()
    {
        bool broken = true;
        await using TsaHost host = await TsaHost.StartAsync(
            _database!.ConnectionString,
            wrap: (_, key) => new BreakableKey(key, () => broken),
            units: ["p256"]
        );
        Assert.Equal(PkiFailureInfo.SystemFailure, TimeStampResp.Decode(await host.PostAsync(Query)).Status.FailInfo);
        broken = false;
        Assert.Equal(PkiStatus.Granted, TimeStampResp.Decode(await host.PostAsync(Query)).Status.Status);
    }

    [Fact]
    public async Task Without_its_database_the_authority_starts_and_issues_nothing()
    {
        await using TsaHost host = await TsaHost.StartAsync("Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=1", units: ["p256"]);
        Assert.Equal(PkiFailureInfo.SystemFailure, TimeStampResp.Decode(await host.PostAsync(Query)).Status.FailInfo);
    }

    private sealed class SlowKey(ISigningKey inner, ManualResetEventSlim gate) : WrappedKey(inner)
    {
        protected override void Before() => gate.Wait();
    }

    private sealed class BreakableKey(ISigningKey inner, Func<bool> broken) : WrappedKey(inner)
    {
        protected override void Before()
        {
            if (broken())
            {
                throw new HsmException("C_Sign", Ckr.CKR_DEVICE_ERROR);
            }
        }
    }

    private abstract class WrappedKey(ISigningKey inner) : ISigningKey
    {
        public string Label => inner.Label;

        public KeyAlgorithm Algorithm => inner.Algorithm;

        public ReadOnlyMemory<byte> SubjectPublicKeyInfo => inner.SubjectPublicKeyInfo;

        public int MaxSignatureSize => inner.MaxSignatureSize;

        protected abstract void Before();

        public int SignDigest(
            ReadOnlySpan<byte> digest,
            HashAlgorithmName hash,
            SignatureScheme scheme,
            Span<byte> destination,
            CancellationToken cancellationToken = default
        )
        {
            Before();
            return inner.SignDigest(digest, hash, scheme, destination, cancellationToken);
        }

        public ValueTask<int> SignDigestAsync(
            ReadOnlyMemory<byte> digest,
            HashAlgorithmName hash,
            SignatureScheme scheme,
            Memory<byte> destination,
            CancellationToken cancellationToken = default
        ) => inner.SignDigestAsync(digest, hash, scheme, destination, cancellationToken);
    }
}
