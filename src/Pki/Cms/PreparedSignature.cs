using System.Security.Cryptography;

namespace EContract.Pki.Cms;

/// <summary>The exact octets to be signed, waiting for their signature. Completed once.</summary>
public sealed class PreparedSignature
{
    private readonly CadesSigner _signer;
    private readonly string _contentType;
    private readonly ReadOnlyMemory<byte>? _content;
    private readonly byte[] _signedAttributes;
    private int _completed; // 0 or 1, by Interlocked

    internal PreparedSignature(CadesSigner signer, string contentType, ReadOnlyMemory<byte>? content, byte[] signedAttributes)
    {
        _signer = signer;
        _contentType = contentType;
        _content = content;
        _signedAttributes = signedAttributes;
        Digest = CryptographicOperations.HashData(signer.Hash, signedAttributes);
    }

    public SignatureAlgorithm Algorithm => _signer.Algorithm;

    /// <summary>The DER SET OF signed attributes: what the signature algorithm hashes and signs.</summary>
    public ReadOnlyMemory<byte> ToBeSigned => _signedAttributes;

    /// <summary><see cref="ToBeSigned"/> hashed with <see cref="CadesSigner.Hash"/>: what a token signs (DTBS/R).</summary>
    public ReadOnlyMemory<byte> Digest { get; }

    /// <summary>The SignedData as it will be, its signature still empty: what an encoder of its own takes its constant parts from.</summary>
    public SignedData Skeleton => Assemble(ReadOnlyMemory<byte>.Empty).SignedData;

    /// <summary>Verifies the signature with the signer's certificate, and makes the CMS of it.</summary>
    /// <param name="signature">ECDSA as Ecdsa-Sig-Value (RFC 3279 §2.2.3).</param>
    /// <exception cref="CryptographicException">The signature is not one of the certificate's key over <see cref="Digest"/>.</exception>
    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public CompletedSignature Complete(ReadOnlyMemory<byte> signature)
    {
        if (!_signer.Verify(Digest.Span, signature.Span))
        {
            throw new CryptographicException("The signature does not verify with the signer's certificate.");
        }

        if (Interlocked.Exchange(ref _completed, 1) != 0)
        {
            throw new InvalidOperationException("This signature was completed before.");
        }

        return Assemble(signature);
    }

    internal CompletedSignature Assemble(ReadOnlyMemory<byte> signature)
    {
        AlgorithmIdentifier digest = HashAlgorithms.Identifier(_signer.Hash);
        byte[] attributes = [.. _signedAttributes];
        attributes[0] = 0xA0; // RFC 5652 §5.4: sent as [0] IMPLICIT
        return new CompletedSignature(
            new SignedData
            {
                // RFC 5652 §5.1: 3 when the content is not id-data
                Version = _contentType == Oids.Data ? 1 : 3,
                DigestAlgorithms = [digest],
                ContentType = _contentType,
                Content = _content,
                Certificates = _signer.Certificates,
                SignerInfos =
                [
                    new SignerInfo
                    {
                        Version = 1,
                        Sid = _signer.Sid,
                        DigestAlgorithm = digest,
                        SignedAttributes = attributes,
                        SignatureAlgorithm = SignerInfoAlgorithm(Algorithm),
                        Signature = signature,
                    },
                ],
            }
        );
    }

    // RFC 5754 §3.2: with PKCS#1 v1.5 either rsaEncryption or sha*WithRSAEncryption; the former is what every verifier knows (RFC 3370 §3.2)
    private static AlgorithmIdentifier SignerInfoAlgorithm(SignatureAlgorithm algorithm) =>
        algorithm.Kind == SignatureKind.RsaPkcs1 ? AlgorithmIdentifier.WithNull(Oids.RsaEncryption) : algorithm.Identifier;
}
