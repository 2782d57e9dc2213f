using EContract.Pki.X509;
using EContract.TestKit;
using EContract.Validation.Sources;
using Xunit;

namespace EContract.Validation.Tests.Sources;

public sealed class CollectedSourceTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Shared, "pkits");
    private readonly CollectedSource _source = new();

    [Fact]
    public async Task What_was_added_is_found_by_the_names_in_the_certificate()
    {
        Assert.True(_source.TryAddCertificate(Read("certs/GoodCACert.crt")));
        Assert.True(_source.TryAddCrl(Read("crls/GoodCACRL.crl")));
        var certificate = Certificate.Decode(Read("certs/ValidCertificatePathTest1EE.crt"));

        var issuer = Assert.Single(await _source.FindIssuersAsync(certificate, TestContext.Current.CancellationToken));
        Assert.Equal(certificate.Tbs.Issuer, issuer.Tbs.Subject);
        var crl = Assert.Single(await _source.FindCrlsAsync(certificate, issuer, TestContext.Current.CancellationToken));
        Assert.Equal(issuer.Tbs.Subject, crl.Issuer);
        Assert.Empty(await _source.FindOcspResponsesAsync(certificate, issuer, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_same_bytes_are_kept_once()
    {
        Assert.True(_source.TryAddCertificate(Read("certs/GoodCACert.crt")));
        Assert.False(_source.TryAddCertificate(Read("certs/GoodCACert.crt")));
        Assert.True(_source.TryAddCrl(Read("crls/GoodCACRL.crl")));
        Assert.False(_source.TryAddCrl(Read("crls/GoodCACRL.crl")));
        Assert.Equal((1, 1), (_source.Certificates.Count, _source.Crls.Count));
    }

    [Fact]
    public void What_cannot_be_read_is_left_out()
    {
        byte[] junk = [0x30, 0x03, 0x02, 0x01];
        Assert.False(_source.TryAddCertificate(junk));
        Assert.False(_source.TryAddCertificate("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"u8.ToArray()));
        Assert.False(_source.TryAddCrl(junk));
        Assert.False(_source.TryAddOcspResponse(junk));
        Assert.False(_source.TryAddOcspResponse(new byte[] { 0x30, 0x03, 0x0A, 0x01, 0x06 }), "a refusal is no answer");
    }

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder, file));
}
