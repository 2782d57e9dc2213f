using System.Collections.Concurrent;
using System.Security.Cryptography;
using EContract.Pki.Asn1;

namespace EContract.Pki.Cms;

/// <summary>
/// Makes CAdES B-B signatures of one certificate: <see cref="Prepare"/> or <see cref="PrepareAttached"/>, sign the digest elsewhere,
/// <see cref="PreparedSignature.Complete"/>. B-T follows with <see cref="CompletedSignature.WithSignatureTimestamp"/>. Thread-safe.
/// </summary>
public sealed class CadesSigner
{
    private readonly CmsAttribute _signingCertificate;

    // Importing costs ten times a verification. A key object serves one thread at a time; there are as many as threads came at once.
    private readonly ConcurrentBag<SubjectPublicKey> _keys = [];

    /// <param name="certificates">DER; the signer's first, then what a verifier needs besides it (no root is needed).</param>
    /// <param name="algorithm">Its hash also digests the content (ETSI EN 319 122-1 §5.2.2: and the certificate).</param>
    /// <exception cref="MalformedException">The first is not a certificate.</exception>
    public CadesSigner(IReadOnlyList<ReadOnlyMemory<byte>> certificates, SignatureAlgorithm algorithm)
    {
        if (certificates.Count == 0)
        {
            throw new ArgumentException("The signer's certificate is needed.", nameof(certificates));
        }

        Certificates = certificates;
        Certificate = SignerCertificate.Decode(certificates[0]);
        Algorithm = algorithm;
        _signingCertificate = SigningCertificateV2.AttributeFor(Certificate, algorithm.Hash);
        Sid = Der.Encode(writer =>
        {
            using (writer.PushSequence()) // IssuerAndSerialNumber
            {
                writer.WriteEncodedValue(Certificate.Issuer.Span);
                Certificate.Serial.Encode(writer);
            }
        });
    }

    public SignatureAlgorithm Algorithm { get; }

    /// <summary>The hash of the content and of the signed attributes.</summary>
    public HashAlgorithmName Hash => Algorithm.Hash;

    internal IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; }

    internal SignerCertificate Certificate { get; }

    internal ReadOnlyMemory<byte> Sid { get; }

    /// <summary>Whether the signature is one of the certificate's key.</summary>
    /// <exception cref="MalformedException">The certificate's key can't be read.</exception>
    internal bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        SubjectPublicKey key = _keys.TryTake(out SubjectPublicKey? idle) ? idle : SubjectPublicKey.Import(Certificate.SubjectPublicKeyInfo);
        bool valid = key.VerifyDigest(Algorithm, digest, signature);
        _keys.Add(key);
        return valid;
    }

    /// <summary>A detached signature over content with this digest.</summary>
    /// <param name="contentDigest">Made with <see cref="Hash"/>.</param>
    public PreparedSignature Prepare(ReadOnlySpan<byte> contentDigest, CadesAttributes? attributes = null) =>
        Prepare(contentDigest, null, attributes ?? CadesAttributes.None);

    /// <summary>A signature that carries its content.</summary>
    public PreparedSignature PrepareAttached(ReadOnlyMemory<byte> content, CadesAttributes? attributes = null) =>
        Prepare(CryptographicOperations.HashData(Hash, content.Span), content, attributes ?? CadesAttributes.None);

    /// <summary>The largest detached signature that <see cref="Prepare"/> with these attributes can end in, in octets.</summary>
    /// <param name="timestampTokenSize">The largest signature-time-stamp to come; 0 for none.</param>
    public int MaxSize(CadesAttributes? attributes = null, int timestampTokenSize = 0)
    {
        using SubjectPublicKey key = SubjectPublicKey.Import(Certificate.SubjectPublicKeyInfo);
        PreparedSignature prepared = Prepare(new byte[HashAlgorithms.DigestLength(Hash)], attributes);
        CompletedSignature completed = prepared.Assemble(new byte[key.MaxSignatureSize]);
        if (timestampTokenSize > 0)
        {
            completed = completed.WithAttribute(Oids.SignatureTimeStampToken, Filler(timestampTokenSize));
        }

        return completed.Encode().Length;
    }

    /// <summary>The shortest OCTET STRING that takes at least <paramref name="size"/> octets with its tag and length.</summary>
    private static byte[] Filler(int size)
    {
        int content = Math.Max(0, size - Der.TotalLength(size) + size);
        while (Der.TotalLength(content) < size)
        {
            content++;
        }

        return Der.Encode(writer => writer.WriteOctetString(new byte[content]));
    }

    private PreparedSignature Prepare(ReadOnlySpan<byte> contentDigest, ReadOnlyMemory<byte>? content, CadesAttributes attributes)
    {
        if (contentDigest.Length != HashAlgorithms.DigestLength(Hash))
        {
            throw new ArgumentException($"A {Hash.Name} digest was expected.", nameof(contentDigest));
        }

        return new PreparedSignature(
            this,
            attributes.ContentType,
            content,
            SignedAttributes.Encode(contentDigest, _signingCertificate, attributes)
        );
    }
}
