using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Paths;
using EContract.Validation.Sources;

namespace EContract.Validation.Collection;

/// <summary>Finds the certificate of a SignerInfo among those at hand.</summary>
public static class SignerLookup
{
    private static readonly Asn1Tag KeyIdentifierTag = new(TagClass.ContextSpecific, 0);

    /// <summary>
    /// The certificate that the SignerIdentifier names; where a signing-certificate-v2 attribute is there, the one with its hash, for another
    /// certificate may bear the same name. Null when there is none.
    /// </summary>
    public static Certificate? Find(SignerInfo signer, CollectedSource source)
    {
        try
        {
            var named = source.Certificates.Where(c => IsNamed(signer.Sid, c)).ToList();
            var attribute = signer.DecodeSignedAttributes().FirstOrDefault(a => a.Oid == Oids.SigningCertificateV2);
            if (attribute is not { Values: [var value] } || SigningCertificateV2.Decode(value).Certs is not [var id, ..])
            {
                return named.FirstOrDefault();
            }

            return HashAlgorithms.FromOid(id.HashAlgorithm.Oid) is { } hash
                ? named.Find(c => CryptographicOperations.HashData(hash, c.Encoded.Span).AsSpan().SequenceEqual(id.CertHash.Span))
                : null;
        }
        catch (Exception e) when (e is MalformedException or AsnContentException)
        {
            return null;
        }
    }

    private static bool IsNamed(ReadOnlyMemory<byte> sid, Certificate certificate)
    {
        var reader = new AsnReader(sid, AsnEncodingRules.BER);
        if (reader.PeekTag().HasSameClassAndValue(KeyIdentifierTag))
        {
            return certificate.Tbs.Extensions.Find(Oids.SubjectKeyIdentifier) is { } extension
                && SubjectKeyIdentifier.Decode(extension.Value).KeyIdentifier.Span.SequenceEqual(reader.ReadOctetString(KeyIdentifierTag));
        }

        var issuerAndSerial = reader.ReadSequence();
        var issuer = DistinguishedName.Decode(issuerAndSerial);
        return SerialNumber.Decode(issuerAndSerial).Equals(certificate.Tbs.SerialNumber)
            && NameMatcher.Matches(issuer, certificate.Tbs.Issuer);
    }
}
