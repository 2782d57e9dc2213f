using System.Security.Cryptography.X509Certificates;

namespace EContract.Pki.X509;

/// <summary>A certificate: its bytes as received, and what they mean.</summary>
/// <remarks>
/// RFC 5280 §4.1:
/// <code>
/// Certificate ::= SEQUENCE {
///   tbsCertificate      TBSCertificate,
///   signatureAlgorithm  AlgorithmIdentifier,
///   signatureValue      BIT STRING }
/// </code>
/// </remarks>
public sealed class Certificate : IEquatable<Certificate>
{
    private const string Clause = "RFC 5280 §4.1";

    private Certificate(ReadOnlyMemory<byte> encoded, SignedObject signed, TbsCertificate tbs)
    {
        Encoded = encoded;
        Signed = signed;
        Tbs = tbs;
    }

    public ReadOnlyMemory<byte> Encoded { get; }

    public SignedObject Signed { get; }

    public TbsCertificate Tbs { get; }

    public bool IsSelfIssued => Tbs.Issuer.Equals(Tbs.Subject);

    /// <exception cref="MalformedException">These are not the DER bytes of a certificate.</exception>
    public static Certificate Decode(ReadOnlyMemory<byte> encoded)
    {
        var signed = SignedObject.Decode(encoded, Clause);
        var tbs = TbsCertificate.Decode(signed.ToBeSigned);
        // RFC 5280 §4.1.1.2: both algorithm fields are the same, so that the unsigned one can't be swapped.
        return tbs.Signature.Equals(signed.SignatureAlgorithm)
            ? new(encoded, signed, tbs)
            : throw new MalformedException("RFC 5280 §4.1.1.2", "signatureAlgorithm differs from the signature field in tbsCertificate");
    }

    /// <summary>The first certificate of a PEM text, or DER.</summary>
    public static Certificate Parse(ReadOnlyMemory<byte> pemOrDer)
    {
        if (pemOrDer.Span.StartsWith("-----"u8))
        {
            var text = System.Text.Encoding.ASCII.GetString(pemOrDer.Span);
            return System.Security.Cryptography.PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "CERTIFICATE"
                ? Decode(Convert.FromBase64String(text[fields.Base64Data]))
                : throw new MalformedException("RFC 7468 §5", "no CERTIFICATE in the PEM text");
        }

        return Decode(pemOrDer);
    }

    public bool IsSignedBy(SubjectPublicKeyInfo issuerKey) => Signed.IsSignedBy(issuerKey);

    public string ToPem() => System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", Encoded.Span) + "\n";

    /// <summary>For the framework's own validators and TLS; the caller disposes it.</summary>
    public X509Certificate2 ToX509Certificate2() => X509CertificateLoader.LoadCertificate(Encoded.Span);

    public bool Equals(Certificate? other) => other is not null && Encoded.Span.SequenceEqual(other.Encoded.Span);

    public override bool Equals(object? obj) => Equals(obj as Certificate);

    public override int GetHashCode() => Tbs.SerialNumber.GetHashCode();
}
