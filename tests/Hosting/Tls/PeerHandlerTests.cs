using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Grpc.Client;
using EContract.Hosting.Tests.Edge;
using EContract.Hosting.Tls;
using EContract.Proto.Tsa.V1;
using EContract.TestKit;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EContract.Hosting.Tests.Tls;

/// <summary>A process shows its peers a renewed certificate without a restart and without losing a call.</summary>
public sealed class PeerHandlerTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<IDisposable> _owned = [];

    private EdgeServer _server = null!;
    private DateTime _written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public async ValueTask InitializeAsync() =>
        _server = await EdgeServer.StartAsync(
            ("Callers:4:Name", "renewed"),
            ("Callers:4:CommonName", "renewed"),
            ("Callers:4:Roles:0", "portal")
        );

    public async ValueTask DisposeAsync()
    {
        _owned.ForEach(owned => owned.Dispose());
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_next_call_after_a_renewal_shows_the_new_certificate()
    {
        var peer = Connect("portal");
        Assert.Equal("portal", await CallAsync(peer));

        Write("renewed");
        Assert.Equal("portal", await CallAsync(peer)); // not looked at again yet
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("renewed", await CallAsync(peer));
    }

    [Fact]
    public async Task A_call_under_way_ends_where_it_began()
    {
        var peer = Connect("portal");
        using var begun = peer.CreateTimestampAsync(new CreateTimestampRequest { Policy = "wait" }, cancellationToken: Ct);
        await _server.Waiting.Task.WaitAsync(Ct);

        Write("renewed");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("renewed", await CallAsync(peer));
        _server.Go.SetResult();

        Assert.Equal("portal", (await begun).Policy);
    }

    [Fact]
    public async Task A_pair_that_does_not_fit_is_refused_until_both_files_are_there()
    {
        var peer = Connect("portal");
        var (certificate, key) = Issue("renewed");

        Write("peer.pem", certificate);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("portal", await CallAsync(peer));

        Write("peer.key", key);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("renewed", await CallAsync(peer));
    }

    [Fact]
    public async Task Anchors_are_taken_up_too()
    {
        var peer = Connect("portal");
        Assert.Equal("portal", await CallAsync(peer));

        using var other = new TestHierarchy("Other");
        Write("anchors.pem", other.RootPem);
        _time.Advance(TimeSpan.FromSeconds(1));

        var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(peer));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
    }

    [Fact]
    public void Files_that_do_not_fit_stop_the_start()
    {
        Write("portal");
        Write("peer.key", Issue("portal").Key);

        Assert.ThrowsAny<CryptographicException>(CreateHandler);
    }

    private TimestampService.TimestampServiceClient Connect(string name)
    {
        Write(name);
        var handler = CreateHandler();
        var channel = GrpcChannel.ForAddress($"https://localhost:{_server.Grpc.Port}", new GrpcChannelOptions { HttpHandler = handler });
        _owned.AddRange([channel, handler]);
        return new TimestampService.TimestampServiceClient(channel.CreateCallInvoker());
    }

    private PeerHandler CreateHandler() =>
        new(
            new PeerFiles(
                Path.Combine(_folder.Path, "peer.pem"),
                Path.Combine(_folder.Path, "peer.key"),
                Path.Combine(_folder.Path, "anchors.pem")
            ),
            _time,
            NullLogger<PeerHandler>.Instance
        );

    private static async Task<string> CallAsync(TimestampService.TimestampServiceClient peer) =>
        (await peer.CreateTimestampAsync(new CreateTimestampRequest(), cancellationToken: Ct)).Policy;

    private void Write(string name)
    {
        var (certificate, key) = Issue(name);
        Write("peer.pem", certificate);
        Write("peer.key", key);
        Write("anchors.pem", _server.Hierarchy.RootPem);
    }

    private void Write(string file, string content)
    {
        _folder.Write(file, content);
        // Two writes within the clock's grain would look like one.
        _written = _written.AddSeconds(1);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, file), _written);
    }

    private (string Certificate, string Key) Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = X509CertificateLoader.LoadCertificate(
            _server.Hierarchy.IssueTls(key.ExportSubjectPublicKeyInfo(), name, server: false)
        );
        return (
            certificate.ExportCertificatePem() + "\n" + _server.Hierarchy.Issuing.ExportCertificatePem(),
            key.ExportPkcs8PrivateKeyPem()
        );
    }
}
