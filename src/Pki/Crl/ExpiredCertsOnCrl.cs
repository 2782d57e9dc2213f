using EContract.Pki.Asn1;
using EContract.Pki.X509;

namespace EContract.Pki.Crl;

/// <summary>Since when revoked certificates stay on the CRL after they expire.</summary>
/// <remarks>
/// X.509 (2008) §8.5.2.12:
/// <code>
/// ExpiredCertsOnCRL ::= GeneralizedTime
/// </code>
/// </remarks>
public static class ExpiredCertsOnCrl
{
    /// <summary>Never critical.</summary>
    public static Extension ToExtension(DateTimeOffset since) =>
        new(Oids.ExpiredCertsOnCrl, false, Der.Encode(writer => CertificateTime.EncodeGeneralized(writer, since)));

    /// <exception cref="MalformedException">Not a GeneralizedTime.</exception>
    public static DateTimeOffset Decode(ReadOnlyMemory<byte> value) =>
        Der.Decode(value, "X.509 (2008) §8.5.2.12", CertificateTime.DecodeGeneralized);
}
