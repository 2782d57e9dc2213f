using EContract.Pki.X509;

namespace EContract.Validation.Revocation;

/// <summary>Who issued a certificate in a path: name, key with inherited parameters, and certificate unless it is the anchor.</summary>
internal sealed record CertificateIssuer(DistinguishedName Name, SubjectPublicKeyInfo PublicKey, Certificate? Certificate);
