using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Policies;

namespace EContract.Validation.Documents;

/// <summary>Who signed what is to be judged, as far as the certificates are at hand in the context.</summary>
internal static class Signers
{
    /// <summary>The signer, then the authorities of the time-stamps in the CMS.</summary>
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
            if (TryRead(value) is { } token && Of(token, context) is { } authority)
            {
                yield return (authority, AnchorPurpose.TimeStamping);
            }
        }
    }

    /// <summary>The authority of a token; null if its attributes can't be read or its certificate is not at hand.</summary>
    public static Certificate? Of(TimeStampToken token, ValidationContext context)
    {
        try
        {
            var signature = FormatChecking.Read(token.SignedData, token.SignerInfo, null);
            return SigningCertificateIdentification.Identify(signature, context.Collected).Certificate;
        }
        catch (MalformedException)
        {
            return null; // its own verdict says so
        }
    }

    /// <summary>A token; null if the bytes are none.</summary>
    public static TimeStampToken? TryRead(ReadOnlyMemory<byte> token)
    {
        try
        {
            return TimeStampToken.Decode(token);
        }
        catch (MalformedException)
        {
            return null;
        }
    }
}
