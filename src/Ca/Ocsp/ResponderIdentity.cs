using EContract.Ca.Authorities;
using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;

namespace EContract.Ca.Ocsp;

/// <summary>What all answers for one authority share, computed once.</summary>
public sealed class ResponderIdentity
{
    public ResponderIdentity(Authority authority)
    {
        Authority = authority;
        Certificate = authority.OcspCertificate!;
        KeyLabel = authority.OcspKeyLabel!;
        Signature = SigningKeys.SignatureAlgorithmOf(Certificate.Tbs.SubjectPublicKeyInfo);
        Hashes = new IssuerHashes(authority.Certificate);
        // RFC 6960 §4.4.4: we answer for certificates since the CA began, also expired ones.
        var cutoff = Der.Encode(writer => CertificateTime.EncodeGeneralized(writer, authority.Certificate.Tbs.NotBefore));
        Template = new OcspTemplate(
            ResponderId.ByKey(Certificate.Tbs.SubjectPublicKeyInfo),
            Signature.Identifier,
            Certificate,
            [new Extension(Oids.OcspArchiveCutoff, false, cutoff)]
        );
    }

    public Authority Authority { get; }

    public Certificate Certificate { get; }

    public string KeyLabel { get; }

    public SignatureAlgorithm Signature { get; }

    internal IssuerHashes Hashes { get; }

    public OcspTemplate Template { get; }
}
