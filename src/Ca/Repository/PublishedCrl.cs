using System.Security.Cryptography;
using EContract.Ca.Store;
using EContract.Pki.Crl;

namespace EContract.Ca.Repository;

/// <summary>A CRL ready to be served.</summary>
public sealed record PublishedCrl(
    ReadOnlyMemory<byte> Content,
    long Number,
    DateTimeOffset ThisUpdate,
    DateTimeOffset NextUpdate,
    string Etag
)
{
    internal static PublishedCrl Of(CrlRow row) => new(row.Crl, row.Number, row.ThisUpdate, row.NextUpdate, $"\"{row.Digest}\"");

    internal static PublishedCrl Of(ReadOnlyMemory<byte> offline)
    {
        var crl = CertificateRevocationList.Decode(offline);
        return new(
            offline,
            (long)(crl.CrlNumber ?? 0),
            crl.ThisUpdate,
            crl.NextUpdate ?? crl.ThisUpdate,
            $"\"{Convert.ToHexStringLower(SHA256.HashData(offline.Span))}\""
        );
    }
}
