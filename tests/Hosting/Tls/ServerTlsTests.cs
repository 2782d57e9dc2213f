using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Tls;
using EContract.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace EContract.Hosting.Tests.Tls;

/// <summary>The server's certificate while its files are being replaced.</summary>
public sealed class ServerTlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestHierarchy _hierarchy = new("Server");
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private DateTime _written = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public void Dispose()
    {
        _hierarchy.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("server.pem")]
    [InlineData("server.key")]
    public void Half_of_a_new_pair_changes_nothing_the_whole_does(string half)
    {
        using var tls = Start("first");
        var second = Issue("second");

        Write(half, second[half]);
        Assert.Equal("first", NameOf(tls));

        foreach (var (file, content) in second)
        {
            Write(file, content);
        }

        Assert.Equal("second", NameOf(tls));
    }

    [Theory]
    [InlineData("server.pem")]
    [InlineData("server.key")]
    [InlineData("anchors.pem")]
    public void A_damaged_file_changes_nothing(string file)
    {
        using var tls = Start("first");

        Write(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        Assert.Equal("first", NameOf(tls));
    }

    private ServerTls Start(string name)
    {
        foreach (var (file, content) in Issue(name))
        {
            Write(file, content);
        }

        Write("anchors.pem", _hierarchy.RootPem);
        var options = new TlsOptions
        {
            Certificate = Path.Combine(_folder.Path, "server.pem"),
            Key = Path.Combine(_folder.Path, "server.key"),
            ClientAnchors = Path.Combine(_folder.Path, "anchors.pem"),
        };
        var tls = new ServerTls(new FixedOptions(options), _time, NullLogger<ServerTls>.Instance);
        Assert.Equal(name, NameOf(tls));
        return tls;
    }

    private string NameOf(ServerTls tls)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return tls.Handshake().ServerCertificateContext!.TargetCertificate.GetNameInfo(X509NameType.SimpleName, false);
    }

    private void Write(string file, string content)
    {
        _folder.Write(file, content);
        // Two writes within the clock's grain would look like one.
        _written = _written.AddSeconds(1);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, file), _written);
    }

    private Dictionary<string, string> Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = X509CertificateLoader.LoadCertificate(
            _hierarchy.IssueTls(key.ExportSubjectPublicKeyInfo(), name, server: true)
        );
        return new() { ["server.pem"] = certificate.ExportCertificatePem(), ["server.key"] = key.ExportPkcs8PrivateKeyPem() };
    }

    private sealed class FixedOptions(TlsOptions value) : IOptionsMonitor<TlsOptions>
    {
        public TlsOptions CurrentValue => value;

        public TlsOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<TlsOptions, string?> listener) => null;
    }
}
