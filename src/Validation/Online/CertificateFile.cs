using EContract.Pki.Cms;
using EContract.Pki.X509;

namespace EContract.Validation.Online;

/// <summary>What an id-ad-caIssuers address gives (RFC 5280 §4.2.2.1): one DER certificate, or a bag of them (certs-only CMS); some give PEM.</summary>
internal static class CertificateFile
{
    private const int MaxCertificates = 20;

    public static IReadOnlyList<Certificate> Read(ReadOnlyMemory<byte> bytes)
    {
        if (!IsContentInfo(bytes.Span))
        {
            return [Certificate.Parse(bytes)];
        }

        return [.. SignedData.Decode(bytes).Certificates.Take(MaxCertificates).Select(Certificate.Decode)];
    }

    // A ContentInfo begins with an object identifier, a certificate with a SEQUENCE.
    private static bool IsContentInfo(ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [0x30, var length, ..])
        {
            return false;
        }

        var header = length < 0x80 ? 2 : 2 + (length & 0x7F);
        return header < bytes.Length && bytes[header] == 0x06;
    }
}
