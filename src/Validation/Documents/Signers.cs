using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Policies;

namespace EContract.Validation.Documents;

/// <summary>Who signed what is to be judged, as far as the certificates are at hand.</summary>
internal static class Signers
{
    /// <summary>The signer, then the authorities of the time-stamps in the CMS. Their embedded data go into the context.</summary>
    public static IEnumerable<(Certificate Certificate, AnchorPurpose Purpose)> Of(SignatureObject signature, ValidationContext context)
    {
        if (SigningCertificateIdentification.Identify(signature, context.Collected).Certificate is { } signer)
        {
            yield return (signer, AnchorPurpose.Signing);
        }

        var stamps = signature
            .Signer.UnsignedAttributes.Concat(signature.SignedAttributes)
            .Where(a => a.Oid is Oids.SignatureTimeStampToken or Oids.ArchiveTimestampV3 or Oids.ContentTimeStamp);
        foreach (var value in stamps.SelectMany(a => a.Values))
        {
            if (Of(value, context) is { } authority)
            {
                yield return (authority, AnchorPurpose.TimeStamping);
            }
        }
    }

    /// <summary>The authority of a token; null if it can't be read or its certificate is not at hand.</summary>
    public static Certificate? Of(ReadOnlyMemory<byte> token, ValidationContext context)
    {
        try
        {
            var read = TimeStampToken.Decode(token);
            EmbeddedMaterial.Of(read.SignedData).AddTo(context.Collected);
            var signature = FormatChecking.Read(read.SignedData, read.SignerInfo, null);
            return SigningCertificateIdentification.Identify(signature, context.Collected).Certificate;
        }
        catch (MalformedException)
        {
            return null; // its own verdict says so
        }
    }
}
