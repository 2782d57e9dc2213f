using EContract.Pki.Cms;
using EContract.Pki.X509;
using EContract.TestKit;
using EContract.Validation.Conclusions;
using EContract.Validation.Online;
using EContract.Validation.Reports;
using Xunit;

namespace EContract.Validation.Tests.Online;

/// <summary>
/// A signature that carries nothing but its signer's certificate: issuers, status and lists come from where the certificates say, if that may be
/// asked. The authority answers on loopback, which is private.
/// </summary>
public sealed class OnlineValidationTests : IAsyncLifetime
{
    private static readonly byte[] Content = "契約"u8.ToArray();

    private PkiServer _server = null!;
    private SigningWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PkiServer.StartAsync(new ManualTime(SigningWorld.Start));
        _world = new SigningWorld(endpoint: _server.EndpointOf("world"));
        _server.Serve("world", _world.Hierarchy);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _world.Dispose();
    }

    [Fact]
    public async Task What_is_missing_is_fetched_where_that_is_allowed()
    {
        var report = await Validate(Loopback());
        Assert.Equal("TOTAL-PASSED", report.Conclusion.ToString());
        Assert.Equal(2, report.Signatures[0].Chain.Count);
        Assert.Contains("GET /world/issuing.cer", _server.Requests);
        Assert.Contains(_server.Requests, request => request.Contains("/world/ocsp", StringComparison.Ordinal));
        Assert.Contains("GET /world/root.crl", _server.Requests);
    }

    [Fact]
    public async Task Where_the_responder_is_away_its_list_tells()
    {
        _server.OcspUp = false;
        Assert.Equal("TOTAL-PASSED", (await Validate(Loopback())).Conclusion.ToString());
        Assert.Contains("GET /world/issuing.crl", _server.Requests);
    }

    [Fact]
    public async Task What_is_fetched_tells_of_a_revocation()
    {
        _server.Revoke(Certificate.Decode(_world.Signer).Tbs.SerialNumber, SigningWorld.Start.AddMinutes(-1));
        Assert.Equal("INDETERMINATE/REVOKED_NO_POE", (await Validate(Loopback())).Conclusion.ToString());
    }

    [Fact]
    public async Task A_private_network_that_is_not_named_is_not_asked()
    {
        var report = await Validate(new OnlineOptions { Enabled = true });
        Assert.Equal("INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND", report.Conclusion.ToString());
        Assert.Equal(FindingCode.NoTrustAnchor, report.Conclusion.Findings[0].Code);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task No_more_is_fetched_for_one_document_than_is_allowed()
    {
        var options = Loopback();
        options.MaxFetches = 1;
        var report = await Validate(options);
        Assert.Equal(Indication.Indeterminate, report.Conclusion.Indication);
        Assert.Single(_server.Requests);
    }

    private static OnlineOptions Loopback()
    {
        var options = new OnlineOptions { Enabled = true };
        options.PrivateNetworks.Add("127.0.0.0/8");
        return options;
    }

    private async Task<ValidationReport> Validate(OnlineOptions options)
    {
        var signature = SignedData.Decode(_world.Sign(Content).Encode()) with { Certificates = [_world.Signer] };
        using var fetcher = new Fetcher(options, _world.Clock);
        var validator = new SignatureValidator(_world.Policy, _world.Clock, new OnlineSource(fetcher));
        var request = new ValidationRequest { Content = new MemoryStream(Content) };
        return await validator.ValidateCmsAsync(signature.Encode(), request, TestContext.Current.CancellationToken);
    }
}
