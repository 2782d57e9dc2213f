using System.Security.Cryptography.Pkcs;
using EContract.Pki;
using EContract.Pki.Tsp;

namespace EContract.Signer.Archive.Evidence;

/// <summary>A token whose signature was verified, with what decides about its renewal.</summary>
/// <param name="Signer">The certificate of its signer, DER.</param>
/// <param name="NotAfter">When that certificate ends.</param>
public sealed record StampedToken(byte[] Encoded, DateTimeOffset GenTime, ReadOnlyMemory<byte> Signer, DateTimeOffset NotAfter)
{
    /// <summary>
    /// Null when the token isn't signed by the certificate that it carries, by a certificate for time-stamping (RFC 3161 §2.3) valid at
    /// its time. Whether that certificate is to be trusted is the validator's to judge.
    /// </summary>
    public static StampedToken? TryRead(ReadOnlyMemory<byte> encoded)
    {
        TstInfo info;
        try
        {
            info = TimeStampToken.Decode(encoded).TstInfo;
        }
        catch (MalformedException)
        {
            return null;
        }

        if (
            !Rfc3161TimestampToken.TryDecode(encoded, out var token, out var read)
            || read != encoded.Length
            || !token.VerifySignatureForHash(
                info.MessageImprint.HashedMessage.Span,
                new System.Security.Cryptography.Oid(info.MessageImprint.HashAlgorithm.Oid),
                out var signer
            )
        )
        {
            return null;
        }

        using (signer)
        {
            return new StampedToken(encoded.ToArray(), info.GenTime, signer.RawData, signer.NotAfter.ToUniversalTime());
        }
    }
}
