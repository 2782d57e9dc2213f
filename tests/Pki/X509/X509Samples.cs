using System.Security.Cryptography;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.Pkcs10;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;

namespace EContract.Pki.Tests.X509;

/// <summary>A CA, a leaf, a CRL, OCSP messages and a request, made with our own builders and a P-256 key.</summary>
internal sealed class X509Samples
{
    public static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256);
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    public X509Samples()
    {
        var ca = SubjectPublicKeyInfo.Decode(Key.ExportSubjectPublicKeyInfo());
        Authority = Sign(BuildAuthority(ca));
        var issuer = Certificate.Decode(Authority);
        Leaf = Sign(BuildLeaf(issuer));
        Crl = BuildCrl(issuer);
        var id = CertId.For(issuer, SerialNumber.FromUnsigned(7), HashAlgorithmName.SHA1);
        OcspRequest = new OcspRequest([id, id], [OcspNonce.ToExtension(new byte[32])]).Encode();
        var responses = new[]
        {
            new SingleResponse(id, CertStatus.Good, Now, Now.AddHours(1), []),
            new SingleResponse(id, CertStatus.Revoked(Now, CrlReason.KeyCompromise), Now, null, []),
            new SingleResponse(id, CertStatus.Unknown, Now, Now.AddHours(1), []),
        };
        var data = new ResponseData(ResponderId.ByKey(ca), Now, responses, [OcspNonce.ToExtension(new byte[8])]).Prepare(
            Algorithm.Identifier,
            issuer
        );
        OcspResponse = data.Complete(SignData(data.ToBeSigned));
        var request = new CertificationRequestInfo(Name, ca, [new BasicConstraints(false, null).ToExtension()]).Prepare(Algorithm);
        Request = request.Complete(SignData(request.ToBeSigned)).Encoded.ToArray();
    }

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public DistinguishedName Name { get; } = DistinguishedName.Of(("C", "JP"), ("O", "見本株式会社"), ("CN", "山田 太郎"));

    public byte[] Authority { get; }

    public byte[] Leaf { get; }

    public byte[] Crl { get; }

    public byte[] OcspRequest { get; }

    public byte[] OcspResponse { get; }

    public byte[] Request { get; }

    public byte[] SignData(ReadOnlyMemory<byte> data) =>
        Key.SignData(data.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public byte[] Sign(TbsCertificate tbs)
    {
        var prepared = tbs.Prepare();
        return prepared.Complete(SignData(prepared.ToBeSigned)).Encoded.ToArray();
    }

    public TbsCertificate BuildAuthority(SubjectPublicKeyInfo key)
    {
        var name = DistinguishedName.Of(("C", "JP"), ("CN", "CA"));
        return new()
        {
            SerialNumber = SerialNumber.CreateRandom(),
            Signature = Algorithm.Identifier,
            Issuer = name,
            Subject = name,
            NotBefore = Now,
            NotAfter = Now.AddYears(30),
            SubjectPublicKeyInfo = key,
            Extensions =
            [
                new SubjectKeyIdentifier(key.ComputeKeyIdentifier()).ToExtension(),
                new BasicConstraints(true, null).ToExtension(),
                new KeyUsage(KeyUsages.KeyCertSign | KeyUsages.CrlSign).ToExtension(),
            ],
        };
    }

    public TbsCertificate BuildLeaf(Certificate issuer) =>
        new()
        {
            SerialNumber = SerialNumber.CreateRandom(),
            Signature = Algorithm.Identifier,
            Issuer = issuer.Tbs.Subject,
            Subject = Name,
            NotBefore = Now,
            NotAfter = Now.AddYears(25), // past 2050: one UTCTime, one GeneralizedTime
            SubjectPublicKeyInfo = issuer.Tbs.SubjectPublicKeyInfo,
            Extensions =
            [
                new AuthorityKeyIdentifier(issuer.Tbs.SubjectPublicKeyInfo.ComputeKeyIdentifier()).ToExtension(),
                new SubjectKeyIdentifier(issuer.Tbs.SubjectPublicKeyInfo.ComputeKeyIdentifier()).ToExtension(),
                new KeyUsage(KeyUsages.NonRepudiation).ToExtension(),
                new SubjectAltName([GeneralName.Email("taro@example.co.jp")]).ToExtension(),
                new CertificatePolicies([new("2.999.1.1", "http://example.co.jp/cps")]).ToExtension(),
                new CrlDistributionPoints([DistributionPoint.At("http://example.co.jp/a.crl")]).ToExtension(),
                new AuthorityInfoAccess([(Oids.AccessMethodOcsp, GeneralName.Uri("http://example.co.jp/ocsp"))]).ToExtension(),
            ],
        };

    private byte[] BuildCrl(Certificate issuer)
    {
        var writer = new TbsCertListWriter(Algorithm.Identifier, issuer.Tbs.Subject, Now, Now.AddDays(3));
        writer.Add(new RevokedCertificate(SerialNumber.FromUnsigned(1), Now));
        writer.Add(new RevokedCertificate(SerialNumber.FromUnsigned(2), Now, CrlReason.Superseded, Now.AddDays(-1)));
        writer.Add(new AuthorityKeyIdentifier(issuer.Tbs.SubjectPublicKeyInfo.ComputeKeyIdentifier()).ToExtension());
        writer.AddCrlNumber(9);
        writer.Add(new IssuingDistributionPoint([GeneralName.Uri("http://example.co.jp/a.crl")]).ToExtension());
        var prepared = writer.Prepare();
        return prepared.Complete(SignData(prepared.ToBeSigned));
    }
}
