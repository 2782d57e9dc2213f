using System.Security.Cryptography;
using EContract.Pki.Asn1;
using EContract.Pki.Tsp;

namespace EContract.Pki.Cms.Archive;

/// <summary>The message imprint of the next archive-time-stamp-v3 of a signature, waiting for its token. Immutable.</summary>
/// <remarks>
/// ETSI EN 319 122-1 V1.3.1 §5.5.3
/// <code>
/// archive-time-stamp-v3 : ArchiveTimeStampToken ::= TimeStampToken
/// </code>
/// Its token carries the ats-hash-index-v3 as an unsigned attribute.
/// </remarks>
public sealed class PreparedArchiveTimestamp
{
    private readonly SignedData _signedData;
    private readonly int _signer;
    private readonly AtsHashIndex _index;

    private PreparedArchiveTimestamp(SignedData signedData, int signer, AtsHashIndex index, HashAlgorithmName hash, byte[] messageImprint)
    {
        _signedData = signedData;
        _signer = signer;
        _index = index;
        Hash = hash;
        MessageImprint = messageImprint;
    }

    public HashAlgorithmName Hash { get; }

    /// <summary>What the time-stamp authority is to stamp, hashed with <see cref="Hash"/>.</summary>
    public ReadOnlyMemory<byte> MessageImprint { get; }

    /// <param name="signer">Which of the SignerInfos, from 0.</param>
    /// <param name="contentDigest">The signed content hashed with <paramref name="hash"/>; null when the SignedData carries it.</param>
    public static PreparedArchiveTimestamp For(
        SignedData signedData,
        int signer,
        HashAlgorithmName hash,
        ReadOnlyMemory<byte>? contentDigest = null
    )
    {
        ReadOnlyMemory<byte> digest =
            ArchiveTimestampV3.ContentDigest(signedData, hash, contentDigest)
            ?? throw new ArgumentException("A detached signature needs the digest of its content.", nameof(contentDigest));
        if (digest.Length != HashAlgorithms.DigestLength(hash))
        {
            throw new ArgumentException($"A {hash.Name} digest was expected.", nameof(contentDigest));
        }

        SignerInfo info = signedData.SignerInfos[signer];
        var index = AtsHashIndex.For(signedData, info, hash);
        byte[] imprint = ArchiveTimestampV3.Imprint(signedData, info, digest.Span, index, hash);
        return new PreparedArchiveTimestamp(signedData, signer, index, hash, imprint);
    }

    /// <summary>The signature with the archive time-stamp; everything before it stays as it was.</summary>
    /// <param name="timeStampToken">The whole ContentInfo of a token over <see cref="MessageImprint"/>.</param>
    /// <exception cref="MalformedException">Not a time-stamp token.</exception>
    /// <exception cref="CryptographicException">The token is over something else.</exception>
    public SignedData Complete(ReadOnlyMemory<byte> timeStampToken)
    {
        var token = TimeStampToken.Decode(timeStampToken);
        MessageImprint imprint = token.TstInfo.MessageImprint;
        if (imprint.HashAlgorithm.Oid != HashAlgorithms.ToOid(Hash) || !imprint.HashedMessage.Span.SequenceEqual(MessageImprint.Span))
        {
            throw new CryptographicException("The token is not over this message imprint.");
        }

        byte[] indexed = WithUnsignedAttribute(token.SignedData, 0, new CmsAttribute(Oids.AtsHashIndexV3, _index.Encoded)).Encode();
        return WithUnsignedAttribute(_signedData, _signer, new CmsAttribute(Oids.ArchiveTimestampV3, indexed));
    }

    private static SignedData WithUnsignedAttribute(SignedData signedData, int signer, CmsAttribute attribute)
    {
        SignerInfo[] signers = [.. signedData.SignerInfos];
        signers[signer] = signers[signer] with { UnsignedAttributes = [.. signers[signer].UnsignedAttributes, attribute] };
        return signedData with { SignerInfos = signers };
    }
}
