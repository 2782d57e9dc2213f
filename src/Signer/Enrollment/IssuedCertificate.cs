namespace EContract.Signer.Enrollment;

/// <param name="SerialNumber">Upper-case hexadecimal.</param>
/// <param name="Certificate">X.509, DER.</param>
/// <param name="Chain">Issuer first, DER.</param>
/// <param name="Subject">RFC 4514.</param>
public sealed record IssuedCertificate(string SerialNumber, byte[] Certificate, byte[][] Chain, string Subject, DateTimeOffset NotAfter);
