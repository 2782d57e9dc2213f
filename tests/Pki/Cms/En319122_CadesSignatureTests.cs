using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using EContract.Pki.Cms;
using EContract.TestKit;
using Xunit;
using SignerInfo = EContract.Pki.Cms.SignerInfo;

namespace EContract.Pki.Tests.Cms;

public sealed class En319122_CadesSignatureTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("金銭消費貸借契約書");
    private readonly TestHierarchy _hierarchy = new();
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<SignatureKind, string, bool> EveryAlgorithm()
    {
        var data = new TheoryData<SignatureKind, string, bool>();
        foreach (SignatureKind kind in Enum.GetValues<SignatureKind>())
        {
            foreach (string hash in (string[])["SHA256", "SHA384", "SHA512"])
            {
                data.Add(kind, hash, true);
                data.Add(kind, hash, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryAlgorithm))]
    public async Task OpenSSL_and_SignedCms_verify_what_is_made(SignatureKind kind, string hash, bool attached)
    {
        using var key = TestKey.For(kind);
        CadesSigner signer = Signer(key, kind, hash);
        byte[] cms = Sign(signer, key, attached, new CadesAttributes { SigningTime = _hierarchy.Now }).Encode();

        var signedCms = new SignedCms(new ContentInfo(Content), detached: !attached);
        signedCms.Decode(cms);
        signedCms.CheckSignature(verifySignatureOnly: true);
        Assert.Equal(Content, signedCms.ContentInfo.Content);

        string[] arguments =
        [
            "cms",
            "-verify",
            "-cades",
            "-binary",
            "-inform",
            "DER",
            "-in",
            _folder.Write("s.p7s", cms),
            "-CAfile",
            _folder.Write("root.pem", _hierarchy.RootPem),
            "-purpose",
            "any",
            "-out",
            _folder.Write("out", ""),
            .. attached ? [] : (string[])["-content", _folder.Write("content", Content)],
        ];
        (int exitCode, string output) = await ForeignTool.RunAsync("openssl", arguments);
        Assert.True(exitCode == 0, output);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "out"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(SignatureKind.RsaPkcs1)]
    [InlineData(SignatureKind.RsaPss)]
    [InlineData(SignatureKind.Ecdsa)]
    public void A_flipped_bit_anywhere_in_the_signed_octets_breaks_the_signature(SignatureKind kind)
    {
        using var key = TestKey.For(kind);
        CadesSigner signer = Signer(key, kind, "SHA256");
        PreparedSignature prepared = signer.Prepare(SHA256.HashData(Content));
        byte[] signature = key.SignDigest(prepared.Digest, signer.Algorithm);
        using SubjectPublicKey verifier = SubjectPublicKey.Import(key.SubjectPublicKeyInfo);
        Assert.True(verifier.VerifyDigest(signer.Algorithm, prepared.Digest.Span, signature));
        for (int bit = 0; bit < prepared.ToBeSigned.Length * 8; bit += 7)
        {
            byte[] octets = prepared.ToBeSigned.ToArray();
            octets[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(verifier.VerifyDigest(signer.Algorithm, SHA256.HashData(octets), signature));
        }
    }

    [Fact]
    public void The_signature_of_another_key_is_not_completed()
    {
        using var key = TestKey.P256();
        using var other = TestKey.P256();
        CadesSigner signer = Signer(key, SignatureKind.Ecdsa, "SHA256");
        PreparedSignature prepared = signer.Prepare(SHA256.HashData(Content));
        Assert.Throws<CryptographicException>(() => prepared.Complete(other.SignDigest(prepared.Digest, signer.Algorithm)));
        prepared.Complete(key.SignDigest(prepared.Digest, signer.Algorithm));
    }

    [Fact]
    public void A_prepared_signature_is_completed_once()
    {
        using var key = TestKey.P256();
        CadesSigner signer = Signer(key, SignatureKind.Ecdsa, "SHA256");
        PreparedSignature prepared = signer.Prepare(SHA256.HashData(Content));
        byte[] signature = key.SignDigest(prepared.Digest, signer.Algorithm);
        prepared.Complete(signature);
        Assert.Throws<InvalidOperationException>(() => prepared.Complete(signature));
    }

    [Fact]
    public void Pades_attributes_hold_no_signing_time()
    {
        using var key = TestKey.P256();
        CadesSigner signer = Signer(key, SignatureKind.Ecdsa, "SHA384");
        var signedData = SignedData.Decode(Sign(signer, key, attached: false, CadesAttributes.None).Encode());
        SignerInfo info = Assert.Single(signedData.SignerInfos);
        Assert.Equal(
            new HashSet<string> { Oids.ContentType, Oids.MessageDigest, Oids.SigningCertificateV2 },
            info.DecodeSignedAttributes().Select(a => a.Oid).ToHashSet()
        );
        Assert.Null(signedData.Content);
        Assert.Equal(1, signedData.Version);
    }

    [Theory]
    [InlineData("SHA256", false)]
    [InlineData("SHA384", true)]
    [InlineData("SHA512", true)]
    public void Rfc5035_4_the_default_hash_algorithm_is_left_out(string hash, bool named)
    {
        using var key = TestKey.P256();
        CadesSigner signer = Signer(key, SignatureKind.Ecdsa, hash);
        SignerInfo info = SignedData.Decode(Sign(signer, key, false, CadesAttributes.None).Encode()).SignerInfos[0];
        CmsAttribute attribute = info.DecodeSignedAttributes().Single(a => a.Oid == Oids.SigningCertificateV2);
        EssCertIdV2 id = Assert.Single(SigningCertificateV2.Decode(attribute.Values[0]).Certs);
        Assert.Equal(CryptographicOperations.HashData(signer.Hash, _certificate), id.CertHash.ToArray());
        Assert.Equal(
            named,
            attribute.Values[0].Span.IndexOf(Asn1.Der.Encode(w => w.WriteObjectIdentifier(HashAlgorithms.ToOid(signer.Hash)))) >= 0
        );
    }

    [Theory]
    [InlineData(SignatureKind.RsaPkcs1, 0)]
    [InlineData(SignatureKind.RsaPkcs1, 2100)]
    [InlineData(SignatureKind.Ecdsa, 0)]
    [InlineData(SignatureKind.Ecdsa, 130)]
    [InlineData(SignatureKind.Ecdsa, 259)]
    [InlineData(SignatureKind.Ecdsa, 1999)]
    public void MaxSize_is_reached_and_never_passed(SignatureKind kind, int tokenSize)
    {
        using var key = TestKey.For(kind);
        CadesSigner signer = Signer(key, kind, "SHA256");
        int max = signer.MaxSize(timestampTokenSize: tokenSize);
        int largest = 0;
        for (int i = 0; i < (kind == SignatureKind.Ecdsa ? 40 : 1); i++)
        {
            CompletedSignature signature = Sign(signer, key, false, CadesAttributes.None);
            if (tokenSize > 0)
            {
                byte[] token = Asn1.Der.Encode(w => w.WriteOctetString(new byte[tokenSize - (tokenSize < 130 + 128 ? 3 : 4)]));
                signature = signature.WithSignatureTimestamp(token);
            }

            largest = Math.Max(largest, signature.Encode().Length);
        }

        // ECDSA values lose an octet now and then, and not every size is one that an encoding can have
        Assert.InRange(largest, max - 4, max);
    }

    [Fact]
    public void Reading_and_writing_again_gives_the_same_octets()
    {
        using var key = TestKey.Rsa();
        CadesSigner signer = Signer(key, SignatureKind.RsaPss, "SHA512");
        byte[] cms = Sign(
                signer,
                key,
                attached: true,
                new CadesAttributes { SigningTime = _hierarchy.Now, CommitmentType = Oids.ProofOfApproval }
            )
            .WithSignatureTimestamp(new byte[] { 5, 0 })
            .Encode();
        Assert.Equal(cms, SignedData.Decode(cms).Encode());
        Assert.Equal(cms, CompletedSignature.Decode(cms).Encode());
    }

    public void Dispose()
    {
        _hierarchy.Dispose();
        _folder.Dispose();
    }

    private byte[] _certificate = [];

    private CadesSigner Signer(TestKey key, SignatureKind kind, string hash)
    {
        _certificate = _hierarchy.IssueSubscriber(key.SubjectPublicKeyInfo);
        return new CadesSigner(_hierarchy.Chain(_certificate), SignatureAlgorithm.Get(kind, new HashAlgorithmName(hash)));
    }

    private static CompletedSignature Sign(CadesSigner signer, TestKey key, bool attached, CadesAttributes attributes)
    {
        PreparedSignature prepared = attached
            ? signer.PrepareAttached(Content, attributes)
            : signer.Prepare(CryptographicOperations.HashData(signer.Hash, Content), attributes);
        return prepared.Complete(key.SignDigest(prepared.Digest, signer.Algorithm));
    }
}
