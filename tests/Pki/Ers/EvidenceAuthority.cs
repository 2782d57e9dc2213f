using System.Security.Cryptography;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.TestKit;

namespace EContract.Pki.Tests.Ers;

/// <summary>A time-stamp authority with a software key; each token is a second later than the one before.</summary>
internal sealed class EvidenceAuthority : IDisposable
{
    private readonly TestKey _key = TestKey.P256();
    private readonly CadesSigner _signer;
    private int _tokens;

    public EvidenceAuthority() =>
        _signer = new CadesSigner(
            Hierarchy.Chain(Hierarchy.IssueTsa(_key.SubjectPublicKeyInfo)),
            SignatureAlgorithm.Get(SignatureKind.Ecdsa, HashAlgorithmName.SHA256)
        );

    public TestHierarchy Hierarchy { get; } = new();

    public byte[] Stamp(ReadOnlyMemory<byte> digest, HashAlgorithmName hash)
    {
        var info = new TstInfo
        {
            Policy = "2.999.1",
            MessageImprint = new MessageImprint(HashAlgorithms.Identifier(hash), digest),
            SerialNumber = SerialNumber.CreateRandom(),
            GenTime = Hierarchy.Now.AddSeconds(-1000 + ++_tokens),
        };
        PreparedSignature prepared = _signer.PrepareAttached(info.Encode(), new CadesAttributes { ContentType = Oids.TstInfo });
        return prepared.Complete(_key.SignDigest(prepared.Digest, _signer.Algorithm)).Encode();
    }

    public void Dispose()
    {
        _key.Dispose();
        Hierarchy.Dispose();
    }
}
