using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit.Checkpoints;
using EContract.Audit.Verification;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.TestKit;

namespace EContract.Audit.Tests;

/// <summary>A root, an audit key and a time-stamp authority in software, to sign checkpoints with.</summary>
internal sealed class AuditAuthority : IDisposable, ICheckpointTimestamper
{
    private readonly SoftwareSigningKey _key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "audit");
    private readonly TestKey _tsaKey = TestKey.P256();
    private readonly CadesSigner _tsa;
    private readonly TimeProvider _time;

    public AuditAuthority(
        TimeProvider? time = null,
        string signerName = "EContract Test Evidence Log",
        string purpose = Oids.EvidenceLogSigning
    )
    {
        _time = time ?? TimeProvider.System;
        Hierarchy = new TestHierarchy("Audit", _time.GetUtcNow());
        Certificate = Hierarchy.Issue(
            _key.SubjectPublicKeyInfo,
            $"CN={signerName}, O=EContract Test, C=JP",
            request =>
            {
                request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
            }
        );
        _tsa = new CadesSigner(
            Hierarchy.Chain(Hierarchy.IssueTsa(_tsaKey.SubjectPublicKeyInfo)),
            SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256)
        );
        Signer = new CheckpointSigner(_key, Hierarchy.Chain(Certificate), this, _time, TestRunLog.Logger<CheckpointSigner>());
    }

    public TestHierarchy Hierarchy { get; }

    public byte[] Certificate { get; }

    public CheckpointSigner Signer { get; }

    public TrustOptions Trust => new() { Roots = [Hierarchy.Root] };

    public Task<ReadOnlyMemory<byte>> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        var info = new TstInfo
        {
            Policy = "1.2.3.4",
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(HashAlgorithmName.SHA256), sha256),
            SerialNumber = SerialNumber.CreateRandom(),
            GenTime = _time.GetUtcNow(),
        };
        var prepared = _tsa.PrepareAttached(info.Encode(), new CadesAttributes { ContentType = Oids.TstInfo });
        return Task.FromResult<ReadOnlyMemory<byte>>(prepared.Complete(_tsaKey.SignDigest(prepared.Digest, prepared.Algorithm)).Encode());
    }

    public void Dispose()
    {
        _key.Dispose();
        _tsaKey.Dispose();
        Hierarchy.Dispose();
    }
}
