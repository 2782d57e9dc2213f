using EContract.Pki.Cms;

namespace EContract.Pki.Tsp;

/// <summary>A SignedData over a <see cref="Tsp.TstInfo"/> by exactly one signer.</summary>
/// <remarks>RFC 3161 §2.4.2: TimeStampToken ::= ContentInfo -- contentType is id-signedData, eContentType is id-ct-TSTInfo</remarks>
public sealed record TimeStampToken(ReadOnlyMemory<byte> Encoded, SignedData SignedData, TstInfo TstInfo)
{
    private const string Clause = "RFC 3161 §2.4.2";

    public SignerInfo SignerInfo => SignedData.SignerInfos[0];

    /// <summary>Reads the structure; judging the signature and the certificate is the validator's work.</summary>
    /// <exception cref="MalformedException">Not a time-stamp token.</exception>
    public static TimeStampToken Decode(ReadOnlyMemory<byte> contentInfo)
    {
        var signedData = SignedData.Decode(contentInfo);
        if (signedData.ContentType != Oids.TstInfo || signedData.Content is not { } content)
        {
            throw new MalformedException(Clause, "The content is not a TSTInfo.");
        }

        if (signedData.SignerInfos.Count != 1)
        {
            throw new MalformedException(Clause, "The token MUST NOT contain any signatures other than the signature of the TSA.");
        }

        return new TimeStampToken(contentInfo, signedData, TstInfo.Decode(content));
    }

    /// <summary>The signing-certificate-v2 signed attribute; null when absent.</summary>
    public SigningCertificateV2? SigningCertificate
    {
        get
        {
            CmsAttribute? attribute = SignerInfo.DecodeSignedAttributes().FirstOrDefault(a => a.Oid == Oids.SigningCertificateV2);
            return attribute is { Values: [var value] } ? SigningCertificateV2.Decode(value) : null;
        }
    }
}
