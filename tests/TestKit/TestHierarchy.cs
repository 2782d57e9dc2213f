using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Pki;
using EContract.Pki.Asn1;

namespace EContract.TestKit;

/// <summary>
/// A root and an issuing CA with software P-256 keys, made by .NET and not by our CA, and certificates of every kind for any
/// public key (SubjectPublicKeyInfo), so that keys may live in a token.
/// </summary>
public sealed class TestHierarchy : IDisposable
{
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _issuingKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly string? _endpoint;

    /// <param name="now">The hierarchy is valid from a day before to 20 years after; null: the system's time.</param>
    /// <param name="endpoint">Where its <see cref="PkiServer"/> answers; null: the certificates point nowhere.</param>
    /// <param name="validity">Of both authorities; null: 20 years.</param>
    public TestHierarchy(string name = "Test", DateTimeOffset? now = null, string? endpoint = null, TimeSpan? validity = null)
    {
        _endpoint = endpoint;
        Now = now ?? TimeProvider.System.GetUtcNow();
        DateTimeOffset end = validity is { } length ? Now + length : Now.AddYears(20);
        var root = new CertificateRequest($"CN={name} Root CA, O=EContract Test, C=JP", _rootKey, HashAlgorithmName.SHA256);
        AddCa(root, pathLength: 1);
        Root = root.CreateSelfSigned(Now.AddDays(-1), end);

        var issuing = new CertificateRequest($"CN={name} Issuing CA, O=EContract Test, C=JP", _issuingKey, HashAlgorithmName.SHA256);
        AddCa(issuing, pathLength: 0);
        AddAuthorityKey(issuing, Root);
        AddPointers(issuing, ofRoot: true);
        using X509Certificate2 certificate = issuing.Create(Root, Now.AddDays(-1), end, SerialNumber.CreateRandom().Content.Span);
        Issuing = certificate.CopyWithPrivateKey(_issuingKey);
    }

    public DateTimeOffset Now { get; }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Issuing { get; }

    /// <summary>The root's key, to sign its CRL with.</summary>
    public ECDsa RootKey => _rootKey;

    /// <summary>The issuing CA's key, to sign CRLs and more certificates with.</summary>
    public ECDsa IssuingKey => _issuingKey;

    /// <summary>Leaf, issuing CA: what goes into a CMS. The root stays with the verifier.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Chain(ReadOnlyMemory<byte> leaf) => [leaf, Issuing.RawData];

    /// <summary>PEM of the root, for OpenSSL's -CAfile.</summary>
    public string RootPem => Root.ExportCertificatePem();

    /// <summary>A TSU's certificate: EKU timeStamping, critical and alone (RFC 3161 §2.3).</summary>
    public byte[] IssueTsa(
        ReadOnlyMemory<byte> subjectPublicKeyInfo,
        string name = "Test TSU",
        TimeSpan? validity = null,
        (DateTimeOffset NotBefore, DateTimeOffset NotAfter)? privateKeyUsage = null
    ) =>
        Issue(
            subjectPublicKeyInfo,
            $"CN={name}, O=EContract Test, C=JP",
            request =>
            {
                request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(Oids.TimeStampingEku)], true));
                if (privateKeyUsage is { } period)
                {
                    request.CertificateExtensions.Add(PrivateKeyUsagePeriod(period.NotBefore, period.NotAfter));
                }
            },
            validity
        );

    /// <summary>An OCSP responder's certificate with id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2).</summary>
    public byte[] IssueOcsp(ReadOnlyMemory<byte> subjectPublicKeyInfo, string name = "Test OCSP", TimeSpan? validity = null) =>
        Issue(
            subjectPublicKeyInfo,
            $"CN={name}, O=EContract Test, C=JP",
            request =>
            {
                request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.9")], false));
                request.CertificateExtensions.Add(new X509Extension("1.3.6.1.5.5.7.48.1.5", [5, 0], false));
            },
            validity
        );

    /// <summary>A subscriber's signing certificate.</summary>
    public byte[] IssueSubscriber(ReadOnlyMemory<byte> subjectPublicKeyInfo, string name = "山田太郎", TimeSpan? validity = null) =>
        Issue(
            subjectPublicKeyInfo,
            $"CN={name}, C=JP",
            request =>
                request.CertificateExtensions.Add(
                    new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, true)
                ),
            validity
        );

    /// <summary>A TLS server's certificate for localhost and 127.0.0.1, or a TLS client's.</summary>
    public byte[] IssueTls(ReadOnlyMemory<byte> subjectPublicKeyInfo, string name, bool server) =>
        Issue(
            subjectPublicKeyInfo,
            $"CN={name}, O=EContract Test, C=JP",
            request =>
            {
                request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
                string purpose = server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2";
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
                if (server)
                {
                    var names = new SubjectAlternativeNameBuilder();
                    names.AddDnsName("localhost");
                    names.AddIpAddress(System.Net.IPAddress.Loopback);
                    request.CertificateExtensions.Add(names.Build());
                }
            }
        );

    /// <summary>A certificate with basicConstraints (not a CA), key identifiers and whatever <paramref name="extend"/> adds; 1 year unless told.</summary>
    public byte[] Issue(
        ReadOnlyMemory<byte> subjectPublicKeyInfo,
        string subject,
        Action<CertificateRequest> extend,
        TimeSpan? validity = null
    )
    {
        var request = new CertificateRequest(
            new X500DistinguishedName(subject, X500DistinguishedNameFlags.UseUTF8Encoding),
            PublicKey.CreateFromSubjectPublicKeyInfo(subjectPublicKeyInfo.Span, out _),
            HashAlgorithmName.SHA256
        );
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        AddAuthorityKey(request, Issuing);
        AddPointers(request, ofRoot: false);
        extend(request);
        using X509Certificate2 certificate = request.Create(
            Issuing.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_issuingKey),
            Now.AddHours(-1),
            Now + (validity ?? TimeSpan.FromDays(365)),
            SerialNumber.CreateRandom().Content.Span
        );
        return certificate.RawData;
    }

    public void Dispose()
    {
        Root.Dispose();
        Issuing.Dispose();
        _rootKey.Dispose();
        _issuingKey.Dispose();
    }

    private static void AddCa(CertificateRequest request, int pathLength)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }

    private static void AddAuthorityKey(CertificateRequest request, X509Certificate2 issuer)
    {
        X509SubjectKeyIdentifierExtension key = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single();
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(key));
    }

    private void AddPointers(CertificateRequest request, bool ofRoot)
    {
        if (_endpoint is null)
        {
            return;
        }

        string authority = ofRoot ? "root" : "issuing";
        request.CertificateExtensions.Add(
            new X509AuthorityInformationAccessExtension(ofRoot ? [] : [$"{_endpoint}/ocsp"], [$"{_endpoint}/{authority}.cer"])
        );
        request.CertificateExtensions.Add(
            CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{_endpoint}/{authority}.crl"])
        );
    }

    // RFC 3280 §4.2.1.4: PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL, notAfter [1] GeneralizedTime OPTIONAL }
    private static X509Extension PrivateKeyUsagePeriod(DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        new(
            "2.5.29.16",
            Der.Encode(writer =>
            {
                using (writer.PushSequence())
                {
                    writer.WriteGeneralizedTime(notBefore, true, new(System.Formats.Asn1.TagClass.ContextSpecific, 0));
                    writer.WriteGeneralizedTime(notAfter, true, new(System.Formats.Asn1.TagClass.ContextSpecific, 1));
                }
            }),
            false
        );
}
