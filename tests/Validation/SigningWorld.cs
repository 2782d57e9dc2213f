using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Pdf;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Crl;
using EContract.Pki.Ocsp;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.TestKit;
using EContract.Validation.Paths;
using EContract.Validation.Policies;
using EContract.Validation.Sources;

namespace EContract.Validation.Tests;

/// <summary>
/// A subscriber, two time-stamp authorities, a responder and their CA, with a clock that is moved by hand: whatever a bank and its customers do
/// over the years, in memory.
/// </summary>
internal sealed class SigningWorld : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256);

    private readonly TestKey _key = TestKey.P256();
    private readonly TestKey _responderKey = TestKey.P256();
    private readonly Dictionary<string, (TestKey Key, byte[] Certificate)> _authorities = [];
    private int _crlNumber;

    /// <param name="start">When it begins; null: at <see cref="Start"/>.</param>
    /// <param name="endpoint">Where its <see cref="PkiServer"/> answers; null: the certificates point nowhere.</param>
    public SigningWorld(TimeSpan? signerValidity = null, DateTimeOffset? start = null, string? endpoint = null)
    {
        Clock = new ManualTime(start ?? Start);
        Hierarchy = new TestHierarchy("World", Clock.GetUtcNow(), endpoint);
        Signer = Hierarchy.IssueSubscriber(_key.SubjectPublicKeyInfo, validity: signerValidity);
        Responder = Certificate.Decode(Hierarchy.IssueOcsp(_responderKey.SubjectPublicKeyInfo, validity: TimeSpan.FromDays(3650)));
    }

    public TestHierarchy Hierarchy { get; }

    public ManualTime Clock { get; }

    public byte[] Signer { get; }

    /// <summary>What the CRLs of the CA say of certificates that expired (expiredCertsOnCRL); null: nothing.</summary>
    public DateTimeOffset? KeepsExpiredSince { get; set; }

    public Certificate Responder { get; }

    public Certificate Issuing => Certificate.Decode(Hierarchy.Issuing.RawData);

    public ValidationPolicy Policy =>
        ValidationPolicy.Default.Trusting(new PolicyAnchor(TrustAnchor.From(Certificate.Decode(Hierarchy.Root.RawData))));

    public SignatureValidator Validator(ValidationPolicy? policy = null) => new(policy ?? Policy, Clock);

    /// <summary>A time-stamp authority's certificate, made when it is first needed.</summary>
    public byte[] Authority(string name = "Test TSU", TimeSpan? validity = null)
    {
        if (!_authorities.TryGetValue(name, out var authority))
        {
            var key = TestKey.P256();
            var ran = Clock.GetUtcNow() - Hierarchy.Now;
            authority = (key, Hierarchy.IssueTsa(key.SubjectPublicKeyInfo, name, ran + (validity ?? TimeSpan.FromDays(3650))));
            _authorities[name] = authority;
        }

        return authority.Certificate;
    }

    public CompletedSignature Sign(ReadOnlyMemory<byte> content, bool attached = false)
    {
        var signer = new CadesSigner(Hierarchy.Chain(Signer), Algorithm);
        var prepared = attached ? signer.PrepareAttached(content) : signer.Prepare(SHA256.HashData(content.Span));
        return prepared.Complete(_key.SignDigest(prepared.Digest, Algorithm));
    }

    public byte[] Stamp(ReadOnlyMemory<byte> digest, string authority = "Test TSU")
    {
        var certificate = Authority(authority);
        var info = new TstInfo
        {
            Policy = "2.999.1",
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(HashAlgorithmName.SHA256), digest),
            SerialNumber = SerialNumber.CreateRandom(),
            GenTime = Clock.GetUtcNow(),
        };
        var signer = new CadesSigner(Hierarchy.Chain(certificate), Algorithm);
        var prepared = signer.PrepareAttached(info.Encode(), new CadesAttributes { ContentType = Oids.TstInfo });
        return prepared.Complete(_authorities[authority].Key.SignDigest(prepared.Digest, Algorithm)).Encode();
    }

    public CompletedSignature WithTimeStamp(CompletedSignature signature, string authority = "Test TSU") =>
        signature.WithSignatureTimestamp(Stamp(SHA256.HashData(signature.SignatureValue.Span), authority));

    /// <summary>The issuing CA's CRL of now.</summary>
    public byte[] Crl(TimeSpan? validity = null, params RevokedCertificate[] revoked) =>
        Crl(Issuing.Tbs.Subject, Hierarchy.IssuingKey, validity, revoked);

    /// <summary>The root's CRL of now.</summary>
    public byte[] RootCrl(TimeSpan? validity = null, params RevokedCertificate[] revoked)
    {
        using var key = Hierarchy.Root.GetECDsaPrivateKey()!;
        return Crl(Certificate.Decode(Hierarchy.Root.RawData).Tbs.Subject, key, validity, revoked);
    }

    /// <summary>An OCSP response of now on a certificate of the issuing CA.</summary>
    public byte[] Ocsp(ReadOnlyMemory<byte> certificate, CertStatus? status = null, TimeSpan? validity = null)
    {
        var now = Clock.GetUtcNow();
        var id = CertId.For(Issuing, Certificate.Decode(certificate).Tbs.SerialNumber, HashAlgorithmName.SHA1);
        var single = new SingleResponse(id, status ?? CertStatus.Good, now, now + (validity ?? TimeSpan.FromHours(1)), []);
        var data = new ResponseData(ResponderId.ByKey(Responder.Tbs.SubjectPublicKeyInfo), now, [single], []);
        var prepared = data.Prepare(Algorithm.Identifier, Responder);
        return prepared.Complete(_responderKey.SignDigest(SHA256.HashData(prepared.ToBeSigned.Span), Algorithm));
    }

    /// <summary>What one needs to validate today what was made with this PKI.</summary>
    public ValidationRequest Fresh(TimeSpan? validity = null)
    {
        var material = new CollectedSource();
        material.TryAddCertificate(Hierarchy.Issuing.RawData);
        material.TryAddCrl(Crl(validity));
        material.TryAddCrl(RootCrl(validity));
        return new ValidationRequest { Material = material };
    }

    /// <summary>The store's content for a B-LT document of today.</summary>
    public SecurityStoreContent StoreContent(params byte[][] certificates) =>
        new()
        {
            Certificates = [Hierarchy.Issuing.RawData, .. certificates],
            OcspResponses = [.. certificates.Select(certificate => (ReadOnlyMemory<byte>)Ocsp(certificate))],
            RevocationLists = [RootCrl(TimeSpan.FromDays(180)), Crl(TimeSpan.FromDays(1))],
        };

    /// <param name="stamper">Whose authority stamps; null: this world's.</param>
    public byte[] SignPdf(byte[] original, bool stamped = true, SignatureRequest? request = null, SigningWorld? stamper = null)
    {
        var prepared = PdfSigning.Prepare(
            original,
            (request ?? new SignatureRequest { ContentsSize = 8192 }) with
            {
                Time = Clock.GetUtcNow(),
            }
        );
        var signer = new CadesSigner(Hierarchy.Chain(Signer), Algorithm);
        var signature = signer.Prepare(prepared.Digest.Span);
        var completed = signature.Complete(_key.SignDigest(signature.Digest, Algorithm));
        return PdfSigning.Complete(original, prepared, (stamped ? (stamper ?? this).WithTimeStamp(completed) : completed).Encode());
    }

    /// <summary>Adds validation data of today and a document time-stamp over it.</summary>
    public byte[] Preserve(byte[] document, string authority = "Test TSU", params byte[][] certificates)
    {
        byte[] stored = [.. document, .. SecurityStore.Update(document, StoreContent([.. certificates, Authority(authority)]))];
        var prepared = PdfSigning.Prepare(stored, new SignatureRequest { ContentsSize = 8192, Format = SignatureFormat.DocumentTimeStamp });
        return PdfSigning.Complete(stored, prepared, Stamp(prepared.Digest, authority));
    }

    public void Dispose()
    {
        Hierarchy.Dispose();
        _key.Dispose();
        _responderKey.Dispose();
        foreach (var (key, _) in _authorities.Values)
        {
            key.Dispose();
        }
    }

    private byte[] Crl(DistinguishedName issuer, ECDsa key, TimeSpan? validity, RevokedCertificate[] revoked)
    {
        var now = Clock.GetUtcNow();
        var writer = new TbsCertListWriter(Algorithm.Identifier, issuer, now, now + (validity ?? TimeSpan.FromDays(1)));
        foreach (var entry in revoked)
        {
            writer.Add(entry);
        }

        writer.AddCrlNumber(++_crlNumber);
        if (KeepsExpiredSince is { } since)
        {
            writer.Add(ExpiredCertsOnCrl.ToExtension(since));
        }

        var prepared = writer.Prepare();
        return prepared.Complete(key.SignData(prepared.ToBeSigned.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }
}
