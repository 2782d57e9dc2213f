using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit.Evidence;
using EContract.Audit.Records;

namespace EContract.Audit.Verification;

/// <summary>Says what a recorded file proves by itself: a certificate, a CMS signature, a time-stamp token.</summary>
internal static class AttachmentVerifier
{
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <summary>A statement in plain words, or why the file proves nothing.</summary>
    public static (string? Statement, string? Fault) Judge(
        EvidenceAttachment attachment,
        byte[] content,
        RecordedEvent recorded,
        TrustOptions trust
    )
    {
        try
        {
            return attachment.MediaType switch
            {
                "application/pkix-cert" => Certificate(attachment.Name, content),
                "application/pkcs7-signature" or "application/cms" => Signature(attachment.Name, content, recorded, trust),
                "application/timestamp-token" => Timestamp(attachment.Name, content, trust),
                _ => ($"The attached {attachment.Name} ({content.Length} bytes) is exactly what was recorded.", null),
            };
        }
        catch (CryptographicException exception)
        {
            return (null, $"the {attachment.Name} does not verify: {exception.Message}");
        }
    }

    private static (string?, string?) Certificate(string name, byte[] content)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(content);
        return ($"The {name} is of '{certificate.Subject}', issued by '{certificate.Issuer}', serial {certificate.SerialNumber}.", null);
    }

    private static (string?, string?) Signature(string name, byte[] content, RecordedEvent recorded, TrustOptions trust)
    {
        var signed = new SignedCms();
        signed.Decode(content);
        if (signed.SignerInfos is not [{ Certificate: { } certificate } signer])
        {
            return (null, $"the {name} has not exactly one signer with a certificate.");
        }

        // The signed attributes are what the key signed; the document itself need not be here: its digest is in them.
        if (signed.ContentInfo.Content.Length == 0)
        {
            var digest = signer
                .SignedAttributes.Cast<CryptographicAttributeObject>()
                .Select(a => a.Values[0])
                .OfType<Pkcs9MessageDigest>()
                .SingleOrDefault()
                ?.MessageDigest;
            if (digest is null)
            {
                return (null, $"the {name} has no message digest.");
            }

            var hex = Convert.ToHexStringLower(digest);
            if (
                !recorded
                    .Details.Where(detail => detail.Key.Contains("digest", StringComparison.Ordinal))
                    .Any(detail => detail.Value.Contains(hex, StringComparison.OrdinalIgnoreCase))
            )
            {
                return (null, $"the {name} signs the digest {hex}, which the record does not name.");
            }

            if (!SignedAttributesSignature.Verifies(content, certificate))
            {
                return (null, $"the {name} does not verify with the certificate of '{certificate.Subject}'.");
            }
        }
        else
        {
            signer.CheckSignature(verifySignatureOnly: true);
        }

        var fault = TrustChain.Fault(certificate, signed.Certificates, trust.Roots, recorded.Time, purpose: null);
        return fault is null
            ? ($"The {name} was made with the key of '{certificate.Subject}', whose certificate leads to the root.", null)
            : (null, fault);
    }

    private static (string?, string?) Timestamp(string name, byte[] content, TrustOptions trust)
    {
        if (!Rfc3161TimestampToken.TryDecode(content, out var token, out _))
        {
            return (null, $"the {name} is no time-stamp token.");
        }

        var signed = token.AsSignedCms();
        signed.CheckSignature(verifySignatureOnly: true);
        var tsa = signed.SignerInfos[0].Certificate;
        if (tsa is null)
        {
            return (null, $"the {name} comes without the TSA's certificate.");
        }

        var fault = TrustChain.Fault(tsa, signed.Certificates, trust.Roots, token.TokenInfo.Timestamp, TimeStamping);
        return fault is null
            ? ($"The {name} by '{tsa.Subject}' is of {token.TokenInfo.Timestamp:yyyy-MM-dd HH:mm:ss} UTC.", null)
            : (null, fault);
    }
}
