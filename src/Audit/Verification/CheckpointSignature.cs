using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit.Checkpoints;

namespace EContract.Audit.Verification;

/// <summary>What a checkpoint's signature proves.</summary>
/// <param name="Checkpoint">The signed content; null if it is none.</param>
/// <param name="Signer">Subject of the signer's certificate.</param>
/// <param name="StampedAt">Time of the time-stamp; null without one.</param>
/// <param name="Fault">Why it proves nothing; null if it does.</param>
public sealed record CheckpointVerdict(Checkpoint? Checkpoint, string? Signer, DateTimeOffset? StampedAt, string? Fault);

/// <summary>Checks the CMS of a checkpoint, offline: signature, signer's chain to a root, time-stamp and its chain.</summary>
public static class CheckpointSignature
{
    private const string SignatureTimeStampToken = "1.2.840.113549.1.9.16.2.14";
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <summary>The content without judging the signature; null if there is none.</summary>
    public static Checkpoint? ReadContent(ReadOnlyMemory<byte> cms)
    {
        try
        {
            var signed = new SignedCms();
            signed.Decode(cms.Span);
            return Checkpoint.Decode(signed.ContentInfo.Content);
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return null;
        }
    }

    public static CheckpointVerdict Verify(ReadOnlyMemory<byte> cms, TrustOptions trust)
    {
        Checkpoint? checkpoint = null;
        string? subject = null;
        try
        {
            var signed = new SignedCms();
            signed.Decode(cms.Span);
            checkpoint = Checkpoint.Decode(signed.ContentInfo.Content);
            signed.CheckSignature(verifySignatureOnly: true);
            if (signed.SignerInfos is not [{ Certificate: { } certificate } signer])
            {
                return new CheckpointVerdict(checkpoint, null, null, "It has not exactly one signer with a certificate.");
            }

            subject = certificate.Subject;
            if (trust.SignerFault(certificate) is { } unfit)
            {
                return new CheckpointVerdict(checkpoint, subject, null, unfit);
            }

            var (stampedAt, fault) = VerifyStamp(signer, signed.Certificates, trust);
            fault ??= TrustChain.Fault(certificate, signed.Certificates, trust.Roots, stampedAt ?? checkpoint.MadeAt, purpose: null);
            return new CheckpointVerdict(checkpoint, subject, stampedAt, fault);
        }
        catch (CryptographicException exception)
        {
            return new CheckpointVerdict(checkpoint, subject, null, $"Its signature does not verify: {exception.Message}");
        }
        catch (AsnContentException exception)
        {
            return new CheckpointVerdict(null, null, null, $"It is not a checkpoint: {exception.Message}");
        }
    }

    private static (DateTimeOffset? At, string? Fault) VerifyStamp(
        SignerInfo signer,
        X509Certificate2Collection certificates,
        TrustOptions trust
    )
    {
        var attribute = signer
            .UnsignedAttributes.Cast<CryptographicAttributeObject>()
            .FirstOrDefault(a => a.Oid.Value == SignatureTimeStampToken);
        if (attribute is null)
        {
            return (null, null);
        }

        if (attribute.Values.Count != 1 || !Rfc3161TimestampToken.TryDecode(attribute.Values[0].RawData, out var token, out _))
        {
            return (null, "Its time-stamp can't be decoded.");
        }

        if (!token.VerifySignatureForData(signer.GetSignature(), out var tsa, certificates))
        {
            return (null, "Its time-stamp does not belong to its signature.");
        }

        var at = token.TokenInfo.Timestamp;
        return TrustChain.Fault(tsa, [.. token.AsSignedCms().Certificates, .. certificates], trust.Roots, at, TimeStamping) is { } fault
            ? (null, $"Its time-stamp: {fault}")
            : (at, null);
    }
}
