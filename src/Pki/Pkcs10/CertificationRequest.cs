using EContract.Pki.X509;

namespace EContract.Pki.Pkcs10;

/// <summary>A PKCS#10 request: a public key and the proof that the applicant holds its private key.</summary>
/// <remarks>
/// RFC 2986 §4.2:
/// <code>
/// CertificationRequest ::= SEQUENCE {
///   certificationRequestInfo CertificationRequestInfo,
///   signatureAlgorithm       AlgorithmIdentifier,
///   signature                BIT STRING }
/// </code>
/// </remarks>
public sealed class CertificationRequest
{
    private CertificationRequest(ReadOnlyMemory<byte> encoded, SignedObject signed, CertificationRequestInfo info)
    {
        Encoded = encoded;
        Signed = signed;
        Info = info;
    }

    public ReadOnlyMemory<byte> Encoded { get; }

    public SignedObject Signed { get; }

    public CertificationRequestInfo Info { get; }

    /// <exception cref="MalformedException">These are not the DER bytes of a certification request.</exception>
    public static CertificationRequest Decode(ReadOnlyMemory<byte> encoded)
    {
        var signed = SignedObject.Decode(encoded, "RFC 2986 §4.2");
        return new(encoded, signed, CertificationRequestInfo.Decode(signed.ToBeSigned));
    }

    /// <summary>True if the request is signed by the very key that it asks a certificate for.</summary>
    public bool ProvesPossession() => Signed.IsSignedBy(Info.SubjectPublicKeyInfo);
}
