namespace EContract.Pki.X509.Extensions;

/// <summary>Tells that a responder's certificate need not be checked for revocation during its lifetime.</summary>
/// <remarks>
/// RFC 6960 §4.2.2.2.1:
/// <code>
/// id-pkix-ocsp-nocheck: the value of the extension SHALL be NULL
/// </code>
/// </remarks>
public static class OcspNoCheck
{
    public static Extension ToExtension() => new(Oids.OcspNoCheck, false, new byte[] { 0x05, 0x00 });
}
