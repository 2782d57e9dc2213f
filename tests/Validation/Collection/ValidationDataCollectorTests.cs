using EContract.Pki.X509;
using EContract.TestKit;
using EContract.Validation.Collection;
using EContract.Validation.Online;
using EContract.Validation.Paths;
using EContract.Validation.Sources;
using Xunit;

namespace EContract.Validation.Tests.Collection;

/// <summary>What is gathered is enough and no more, and what is missing is named.</summary>
public sealed class ValidationDataCollectorTests : IAsyncLifetime
{
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private PkiServer _server = null!;
    private TestHierarchy _hierarchy = null!;
    private Certificate _signer = null!;
    private Fetcher _fetcher = null!;
    private OnlineSource _online = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PkiServer.StartAsync(_time);
        _hierarchy = new TestHierarchy(now: _time.GetUtcNow(), endpoint: _server.EndpointOf("a"));
        _server.Serve("a", _hierarchy);
        using var key = TestKey.P256();
        _signer = Certificate.Decode(_hierarchy.IssueSubscriber(key.SubjectPublicKeyInfo));
        Ask();
    }

    public async ValueTask DisposeAsync()
    {
        _fetcher.Dispose();
        _hierarchy.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_bare_certificate_is_enough_to_find_the_rest()
    {
        var data = await CollectAsync();
        Assert.True(data.IsComplete, string.Join('\n', data.Missing));
        // Signer, issuing authority (fetched), responder. The anchor's place is with the verifier.
        Assert.Equal(3, data.Certificates.Count);
        Assert.Single(data.OcspResponses);
        // The root has a CRL only. The responder's certificate asks for no check (id-pkix-ocsp-nocheck).
        Assert.Single(data.Crls);
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task Where_the_responder_is_down_the_crl_serves()
    {
        _server.OcspUp = false;
        var data = await CollectAsync();
        Assert.True(data.IsComplete);
        Assert.Empty(data.OcspResponses);
        Assert.Equal(2, data.Crls.Count);
        Assert.Contains(_online.Failures, f => f.Reason.Contains("503", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_missing_is_named_with_every_place_that_was_asked()
    {
        (_server.OcspUp, _server.CrlUp) = (false, false);
        var data = await CollectAsync();
        Assert.Equal(2, data.Missing.Count);
        Assert.All(data.Missing, m => Assert.Equal(MissingKind.Revocation, m.What));
        Assert.Contains("/a/ocsp", data.Missing[0].Reason, StringComparison.Ordinal);
        Assert.Contains("/a/issuing.crl", data.Missing[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_way_to_an_anchor_the_chain_is_missing()
    {
        using var stranger = new TestHierarchy("Stranger");
        var data = await CollectAsync(
            policy: new CollectionPolicy { TrustAnchors = [TrustAnchor.From(Certificate.Decode(stranger.Root.RawData))] }
        );
        Assert.Equal(MissingKind.Chain, Assert.Single(data.Missing).What);
    }

    [Fact]
    public async Task After_the_grace_period_the_data_are_fresh_and_before_it_the_time_is_told()
    {
        var policy = Policy() with { Freshness = RevocationFreshness.AfterSignature, GracePeriod = TimeSpan.FromHours(24) };
        var signedAt = _time.GetUtcNow();
        var early = await CollectAsync(policy, signedAt);
        var missing = Assert.Single(early.Missing);
        Assert.Equal(MissingKind.FreshRevocation, missing.What);
        Assert.Equal(signedAt.AddHours(24), missing.RetryAt);
        _time.Advance(TimeSpan.FromHours(25));
        Ask(signedAt.AddHours(24));
        Assert.True((await CollectAsync(policy, signedAt)).IsComplete);
    }

    [Fact]
    public async Task An_answer_that_ran_out_before_the_signature_is_not_kept()
    {
        _server.Age = TimeSpan.FromDays(2);
        var old = await CollectAsync(signedAt: _time.GetUtcNow().AddDays(-2));
        Assert.True(old.IsComplete);
        var carried = new CollectedSource();
        old.OcspResponses.ToList().ForEach(o => carried.Add(o));
        old.Certificates.ToList().ForEach(c => carried.Add(c));
        _time.Advance(TimeSpan.FromDays(5));
        (_server.OcspUp, _server.CrlUp) = (false, false);
        Ask();
        var data = await CollectAsync(carried: carried);
        Assert.Contains(data.Missing, m => m.Certificate.Equals(_signer));
    }

    [Fact]
    public async Task A_revocation_is_reported()
    {
        var at = CertificateTime.Truncate(_time.GetUtcNow().AddMinutes(-10));
        _server.Revoke(_signer.Tbs.SerialNumber, at);
        var found = Assert.Single((await CollectAsync()).Revoked);
        Assert.Equal(_signer, found.Certificate);
        Assert.Equal(at, found.RevokedAt);
    }

    [Fact]
    public async Task What_the_document_carries_is_not_fetched()
    {
        var first = await CollectAsync();
        var carried = new CollectedSource();
        first.Certificates.ToList().ForEach(c => carried.Add(c));
        first.OcspResponses.ToList().ForEach(o => carried.Add(o));
        first.Crls.ToList().ForEach(c => carried.Add(c));
        _server.Requests.Clear();
        Ask();
        Assert.True((await CollectAsync(carried: carried)).IsComplete);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task An_expired_certificate_needs_a_list_that_still_names_the_expired()
    {
        _time.Advance(TimeSpan.FromDays(400));
        var data = await CollectAsync(signedAt: _time.GetUtcNow().AddDays(-200));
        Assert.Contains(data.Missing, m => m.Certificate.Equals(_signer));
    }

    [Theory]
    [InlineData(NoncePolicy.Never, "GET /a/ocsp/", true)]
    [InlineData(NoncePolicy.Ask, "POST /a/ocsp", true)]
    [InlineData(NoncePolicy.Require, "POST /a/ocsp", false)]
    public async Task The_nonce_policy_decides_how_is_asked_and_what_is_taken(NoncePolicy policy, string asked, bool taken)
    {
        _server.IgnoreNonce = true;
        Ask(change: options => options.Nonce = policy);
        var data = await CollectAsync();
        Assert.Contains(_server.Requests, r => r.StartsWith(asked, StringComparison.Ordinal));
        Assert.Equal(taken, data.OcspResponses.Count == 1);
        Assert.True(data.IsComplete); // the CRL serves
    }

    private static CollectionTarget Target(Certificate certificate, DateTimeOffset at) => new(certificate, at, IsSigner: true);

    private CollectionPolicy Policy() => new() { TrustAnchors = [TrustAnchor.From(Certificate.Decode(_hierarchy.Root.RawData))] };

    private void Ask(DateTimeOffset? since = null, Action<OnlineOptions>? change = null)
    {
        var options = new OnlineOptions { Enabled = true };
        options.PrivateNetworks.Add("127.0.0.0/8");
        change?.Invoke(options);
        _fetcher?.Dispose();
        _fetcher = new Fetcher(options, _time);
        _online = new OnlineSource(_fetcher) { FreshSince = _ => since };
    }

    private Task<ValidationData> CollectAsync(
        CollectionPolicy? policy = null,
        DateTimeOffset? signedAt = null,
        CollectedSource? carried = null
    ) =>
        new ValidationDataCollector([carried ?? new CollectedSource(), _online], policy ?? Policy(), _time).CollectAsync(
            Target(_signer, signedAt ?? _time.GetUtcNow()),
            CancellationToken.None
        );
}
