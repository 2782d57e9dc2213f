using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EContract.Interop.Tests.Cases;

/// <summary>A throwaway authority with a certificate for the server on localhost and one for a client, as PEM files.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("interop-tls").FullName;

    public TestCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Interop test CA", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, false));
        Authority = authority.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthorityFile, Authority.ExportCertificatePem());
        Issue("server", "1.3.6.1.5.5.7.3.1");
        Issue("client", "1.3.6.1.5.5.7.3.2");
    }

    public X509Certificate2 Authority { get; }

    public string AuthorityFile => Path.Combine(_directory, "ca.pem");

    public string Certificate(string name) => Path.Combine(_directory, name + ".pem");

    public string Key(string name) => Path.Combine(_directory, name + ".key");

    public X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(Certificate(name), Key(name));

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Issue(string name, string extendedKeyUsage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=interop-{name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(extendedKeyUsage)], false));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var certificate = request.Create(Authority, Authority.NotBefore, Authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Certificate(name), certificate.ExportCertificatePem());
        File.WriteAllText(Key(name), key.ExportPkcs8PrivateKeyPem());
    }
}
