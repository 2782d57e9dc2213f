using EContract.Pki.X509.Extensions;

namespace EContract.Pki.X509.Lint;

/// <summary>A certificate with its extensions decoded once for all rules.</summary>
public sealed class CertificateUnderLint
{
    /// <param name="issuer">The certificate of the CA; null if it is self-signed.</param>
    /// <exception cref="MalformedException">An extension that we know doesn't decode.</exception>
    public CertificateUnderLint(Certificate certificate, Certificate? issuer)
    {
        Certificate = certificate;
        Issuer = issuer;
        BasicConstraints = Decode(Oids.BasicConstraints, X509.Extensions.BasicConstraints.Decode);
        KeyUsage = Decode(Oids.KeyUsage, X509.Extensions.KeyUsage.Decode);
        ExtendedKeyUsage = Decode(Oids.ExtendedKeyUsage, X509.Extensions.ExtendedKeyUsage.Decode);
        SubjectKeyIdentifier = Decode(Oids.SubjectKeyIdentifier, X509.Extensions.SubjectKeyIdentifier.Decode);
        AuthorityKeyIdentifier = Decode(Oids.AuthorityKeyIdentifier, X509.Extensions.AuthorityKeyIdentifier.Decode);
        SubjectAltName = Decode(Oids.SubjectAltName, X509.Extensions.SubjectAltName.Decode);
        CertificatePolicies = Decode(Oids.CertificatePolicies, X509.Extensions.CertificatePolicies.Decode);
        CrlDistributionPoints = Decode(Oids.CrlDistributionPoints, X509.Extensions.CrlDistributionPoints.Decode);
        FreshestCrl = Decode(Oids.FreshestCrl, X509.Extensions.CrlDistributionPoints.Decode);
        AuthorityInfoAccess = Decode(Oids.AuthorityInfoAccess, X509.Extensions.AuthorityInfoAccess.Decode);
        QcStatements = Decode(Oids.QcStatements, X509.Extensions.QcStatements.Decode);
    }

    public Certificate Certificate { get; }

    public TbsCertificate Tbs => Certificate.Tbs;

    public Certificate? Issuer { get; }

    public bool IsCertificateAuthority => BasicConstraints is { CA: true };

    public BasicConstraints? BasicConstraints { get; }

    public KeyUsage? KeyUsage { get; }

    public ExtendedKeyUsage? ExtendedKeyUsage { get; }

    public SubjectKeyIdentifier? SubjectKeyIdentifier { get; }

    public AuthorityKeyIdentifier? AuthorityKeyIdentifier { get; }

    public SubjectAltName? SubjectAltName { get; }

    public CertificatePolicies? CertificatePolicies { get; }

    public CrlDistributionPoints? CrlDistributionPoints { get; }

    public CrlDistributionPoints? FreshestCrl { get; }

    public AuthorityInfoAccess? AuthorityInfoAccess { get; }

    public QcStatements? QcStatements { get; }

    public bool IsCritical(string oid) => Tbs.Extensions.Find(oid) is { Critical: true };

    private T? Decode<T>(string oid, Func<ReadOnlyMemory<byte>, T> decode)
        where T : class => Tbs.Extensions.Find(oid) is { } extension ? decode(extension.Value) : null;
}
