using System.Formats.Asn1;
using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Cms;
using EContract.Pki.X509;
using EContract.Pki.X509.Extensions;
using EContract.Validation.Conclusions;
using EContract.Validation.Paths;
using EContract.Validation.Sources;

namespace EContract.Validation.BuildingBlocks;

/// <summary>The identification of the signing certificate (ETSI EN 319 102-1 §5.2.3), with the ESS attributes of RFC 2634 and RFC 5035.</summary>
internal static class SigningCertificateIdentification
{
    private const string Clause = "ETSI EN 319 102-1 §5.2.3";
    private static readonly Asn1Tag SubjectKeyIdentifierTag = new(TagClass.ContextSpecific, 0);

    public static (Certificate? Certificate, Conclusion Conclusion) Identify(SignatureObject signature, CollectedSource collected)
    {
        List<Certificate> named;
        SigningCertificateV2? reference;
        try
        {
            named = [.. FindNamed(signature.Signer, collected)];
            reference = FindReference(signature);
        }
        catch (MalformedException e)
        {
            return (null, FormatChecking.Failure(e));
        }

        if (reference is null)
        {
            return named.FirstOrDefault() is { } certificate
                ? (certificate, Conclusion.Passed.With([NotProtected]))
                : (null, Missing("no certificate at hand is the one that the SignerInfo names"));
        }

        // The attribute is signed, the SignerInfo's name is not: the reference decides. A certificate that only the reference finds is taken, too.
        var first = reference.Certs[0];
        var match = named.Concat(collected.Certificates).FirstOrDefault(candidate => Matches(first, candidate));
        if (match is not null)
        {
            return (match, Conclusion.Passed);
        }

        return named.Count == 0
            ? (null, Missing("no certificate at hand is the one that the signing-certificate attribute binds"))
            : (
                null,
                Conclusion.Indeterminate(
                    SubIndication.NoSigningCertificateFound,
                    FindingCode.SigningCertificateMismatch,
                    Clause,
                    "the certificate that the SignerInfo names is not the one that the signing-certificate attribute binds"
                )
            );
    }

    private static Finding NotProtected =>
        new(FindingCode.SigningCertificateNotProtected, "RFC 5035 §5.4", "no signed attribute binds the signer's certificate");

    private static Conclusion Missing(string detail) =>
        Conclusion.Indeterminate(SubIndication.NoSigningCertificateFound, FindingCode.SigningCertificateMissing, Clause, detail);

    private static SigningCertificateV2? FindReference(SignatureObject signature) =>
        signature.FindSigned(Oids.SigningCertificateV2) is { } v2 ? SigningCertificateV2.Decode(v2)
        : signature.FindSigned(Oids.SigningCertificate) is { } v1 ? SigningCertificate.Decode(v1)
        : null;

    private static bool Matches(EssCertIdV2 id, Certificate certificate) =>
        HashAlgorithms.FromOid(id.HashAlgorithm.Oid) is { } hash
        && HashAlgorithms.IsSupported(hash)
        && id.CertHash.Span.SequenceEqual(CryptographicOperations.HashData(hash, certificate.Encoded.Span));

    // RFC 5652 §5.3: SignerIdentifier ::= CHOICE { issuerAndSerialNumber, subjectKeyIdentifier [0] }
    private static IEnumerable<Certificate> FindNamed(SignerInfo signer, CollectedSource collected)
    {
        var (issuer, serial, keyIdentifier) = Der.Decode(
            signer.Sid,
            "RFC 5652 §5.3",
            reader =>
            {
                if (reader.PeekTag().HasSameClassAndValue(SubjectKeyIdentifierTag))
                {
                    return (
                        (DistinguishedName?)null,
                        (SerialNumber?)null,
                        (ReadOnlyMemory<byte>?)reader.ReadOctetString(SubjectKeyIdentifierTag)
                    );
                }

                var sequence = reader.ReadSequence();
                var name = DistinguishedName.Decode(sequence);
                var number = SerialNumber.Decode(sequence);
                sequence.ThrowIfNotEmpty();
                return (name, number, null);
            },
            AsnEncodingRules.BER
        );
        return collected.Certificates.Where(certificate =>
            keyIdentifier is { } id
                ? certificate.Tbs.Extensions.Find(Oids.SubjectKeyIdentifier) is { } own
                    && SubjectKeyIdentifier.Decode(own.Value).KeyIdentifier.Span.SequenceEqual(id.Span)
                : certificate.Tbs.SerialNumber.Equals(serial!) && NameMatcher.Matches(certificate.Tbs.Issuer, issuer!)
        );
    }
}
