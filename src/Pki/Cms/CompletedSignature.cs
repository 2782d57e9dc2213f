using System.Security.Cryptography;
using EContract.Pki.Cms.Archive;

namespace EContract.Pki.Cms;

/// <summary>A CMS signature by one signer. Immutable: adding an attribute gives another one with the same signed octets.</summary>
public sealed class CompletedSignature
{
    internal CompletedSignature(SignedData signedData) => SignedData = signedData;

    public SignedData SignedData { get; }

    /// <summary>Reads a signature made earlier, to add attributes to it.</summary>
    /// <exception cref="MalformedException">Not a SignedData with exactly one SignerInfo.</exception>
    public static CompletedSignature Decode(ReadOnlyMemory<byte> contentInfo)
    {
        var signedData = SignedData.Decode(contentInfo);
        return signedData.SignerInfos.Count == 1
            ? new CompletedSignature(signedData)
            : throw new MalformedException("RFC 5652 §5.1", "Exactly one SignerInfo was expected.");
    }

    /// <summary>What a signature-time-stamp covers: the SignatureValue's octets without tag and length (RFC 3161 appendix A).</summary>
    public ReadOnlyMemory<byte> SignatureValue => SignedData.SignerInfos[0].Signature;

    /// <summary>B-T: with a time-stamp over <see cref="SignatureValue"/> (ETSI EN 319 122-1 §5.3).</summary>
    /// <param name="timeStampToken">The whole ContentInfo of the token.</param>
    public CompletedSignature WithSignatureTimestamp(ReadOnlyMemory<byte> timeStampToken) =>
        WithAttribute(Oids.SignatureTimeStampToken, timeStampToken);

    /// <summary>B-LTA: what the next archive time-stamp has to cover (ETSI EN 319 122-1 §5.5.3).</summary>
    /// <param name="hash">Of the message imprint and the hash index.</param>
    /// <param name="contentDigest">The signed content hashed with <paramref name="hash"/>; null when the signature carries its content.</param>
    public PreparedArchiveTimestamp PrepareArchiveTimestamp(HashAlgorithmName hash, ReadOnlyMemory<byte>? contentDigest = null) =>
        PreparedArchiveTimestamp.For(SignedData, 0, hash, contentDigest);

    /// <summary>The ContentInfo in DER.</summary>
    public byte[] Encode() => SignedData.Encode();

    internal CompletedSignature WithAttribute(string oid, ReadOnlyMemory<byte> value)
    {
        SignerInfo signer = SignedData.SignerInfos[0];
        SignerInfo extended = signer with { UnsignedAttributes = [.. signer.UnsignedAttributes, new CmsAttribute(oid, value)] };
        return new CompletedSignature(SignedData with { SignerInfos = [extended] });
    }
}
