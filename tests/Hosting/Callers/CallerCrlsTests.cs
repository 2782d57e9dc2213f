using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Callers;
using EContract.Hosting.Callers.Revocation;
using EContract.Hosting.Health;
using EContract.Hosting.Tls;
using EContract.Pki;
using EContract.TestKit;
using Microsoft.Extensions.Options;
using Xunit;

namespace EContract.Hosting.Tests.Callers;

/// <summary>A process without a CA of its own: callers' certificates by revocation list, and by what the CA tells in between.</summary>
public sealed class CallerCrlsTests : IDisposable
{
    private const string Address = "http://ca/crl/infrastructure.crl";
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);
    private readonly TestHierarchy _hierarchy = new("Callers");
    private readonly TemporaryFolder _folder = new();
    private readonly Repository _repository = new();
    private readonly HttpClient _http;
    private readonly CallerCrls _crls;
    private readonly X509Certificate2 _caller;

    public CallerCrlsTests()
    {
        _http = new HttpClient(_repository);
        var tls = new TlsOptions { ClientAnchors = _folder.Write("anchors.pem", _hierarchy.Issuing.ExportCertificatePem()) };
        _crls = new CallerCrls(
            Options.Create(
                new CallerRevocationOptions
                {
                    Crls = [Address],
                    Grace = TimeSpan.FromHours(1),
                    MaxSize = 100_000,
                }
            ),
            new Fixed<TlsOptions>(tls),
            _http,
            _time,
            TestRunLog.Logger<CallerCrls>()
        );
        _caller = Issue(_hierarchy);
    }

    public void Dispose()
    {
        _crls.Dispose();
        _http.Dispose();
        _repository.Dispose();
        _folder.Dispose();
        _hierarchy.Dispose();
        _caller.Dispose();
    }

    [Fact]
    public async Task A_listed_caller_is_revoked_and_another_is_good()
    {
        using var other = Issue(_hierarchy);
        Publish(1, _caller);
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Revoked, await _crls.CheckAsync(_caller, Ct));
        Assert.Equal(CallerRevocationState.Good, await _crls.CheckAsync(other, Ct));
        Assert.Equal(HealthState.Healthy, _crls.Judge().State);
    }

    [Fact]
    public async Task Without_any_list_nobody_is_let_in()
    {
        _repository.Content = null;
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Unknown, await _crls.CheckAsync(_caller, Ct));
        Assert.Equal(HealthState.Unhealthy, _crls.Judge().State);
    }

    [Fact]
    public async Task An_old_list_is_believed_until_its_grace_ends_and_no_longer()
    {
        Publish(1);
        await _crls.FetchAsync(Ct);
        _repository.Content = null; // the CA goes away
        _time.Advance(TimeSpan.FromHours(24.5));
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Good, await _crls.CheckAsync(_caller, Ct));
        Assert.Equal(HealthState.Degraded, _crls.Judge().State);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(CallerRevocationState.Unknown, await _crls.CheckAsync(_caller, Ct));
        Assert.Equal(HealthState.Unhealthy, _crls.Judge().State);

        Publish(2);
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Good, await _crls.CheckAsync(_caller, Ct));
    }

    [Fact]
    public async Task What_the_ca_tells_counts_at_once_until_a_younger_list_is_there()
    {
        Publish(1);
        await _crls.FetchAsync(Ct);
        var told = 0;
        _crls.Changed += () => told++;
        _time.Advance(TimeSpan.FromMinutes(1));
        var serial = SerialNumber.FromContent(_caller.SerialNumberBytes.Span);
        _crls.NoteStatus(serial, revoked: true, _time.GetUtcNow());
        Assert.Equal(1, told);
        Assert.Equal(CallerRevocationState.Revoked, await _crls.CheckAsync(_caller, Ct));

        _time.Advance(TimeSpan.FromMinutes(1));
        _crls.NoteStatus(serial, revoked: false, _time.GetUtcNow()); // reinstated
        Assert.Equal(CallerRevocationState.Good, await _crls.CheckAsync(_caller, Ct));

        _time.Advance(TimeSpan.FromMinutes(1));
        Publish(2, _caller);
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Revoked, await _crls.CheckAsync(_caller, Ct));
    }

    [Fact]
    public async Task A_replayed_list_does_not_bring_a_revoked_caller_back()
    {
        Publish(1);
        var former = _repository.Content;
        await _crls.FetchAsync(Ct);
        _time.Advance(TimeSpan.FromMinutes(1));
        Publish(2, _caller);
        await _crls.FetchAsync(Ct);
        _repository.Content = former;
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Revoked, await _crls.CheckAsync(_caller, Ct));
    }

    [Theory]
    [InlineData("foreign")]
    [InlineData("broken")]
    [InlineData("endless")]
    public async Task What_is_no_list_of_the_callers_ca_is_not_taken(string what)
    {
        using var other = new TestHierarchy("Other");
        _repository.Content = what switch
        {
            "foreign" => List(other, 1),
            "endless" => new byte[200_000],
            _ => [0x30, 0x03, 0x02, 0x01, 0x01],
        };
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Unknown, await _crls.CheckAsync(_caller, Ct));
    }

    [Fact]
    public async Task The_certificates_of_other_authorities_are_not_ours_to_judge()
    {
        using var other = new TestHierarchy("Other");
        using var foreign = Issue(other);
        Publish(1);
        await _crls.FetchAsync(Ct);
        Assert.Equal(CallerRevocationState.Good, await _crls.CheckAsync(foreign, Ct));
    }

    private static X509Certificate2 Issue(TestHierarchy hierarchy)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return X509CertificateLoader.LoadCertificate(hierarchy.IssueTls(key.ExportSubjectPublicKeyInfo(), "portal", server: false));
    }

    private void Publish(int number, params X509Certificate2[] revoked) => _repository.Content = List(_hierarchy, number, revoked);

    private byte[] List(TestHierarchy hierarchy, int number, params X509Certificate2[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
        {
            builder.AddEntry(certificate, _time.GetUtcNow());
        }

        var now = _time.GetUtcNow();
        return builder.Build(hierarchy.Issuing, new BigInteger(number), now.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: now);
    }

    /// <summary>What lies at the address; null: nobody answers.</summary>
    private sealed class Repository : HttpMessageHandler
    {
        public byte[]? Content { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Content is { } content
                ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(content) })
                : throw new HttpRequestException("nobody answers");
    }

    private sealed class Fixed<T>(T value) : IOptionsMonitor<T>
    {
        public T CurrentValue => value;

        public T Get(string? name) => value;

        public IDisposable? OnChange(Action<T, string?> listener) => null;
    }
}
