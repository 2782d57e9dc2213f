using System.Security.Cryptography;
using EContract.Pki;
using EContract.Pki.Ocsp;
using EContract.Pki.X509;

namespace EContract.Ca.Ocsp;

/// <summary>The hashes by which requests name an authority, computed once.</summary>
internal sealed class IssuerHashes
{
    // SHA-1 because most clients use it (RFC 5019 §2.1.1); here it names, it doesn't protect.
    private static readonly HashAlgorithmName[] Algorithms =
    [
        HashAlgorithmName.SHA1,
        HashAlgorithmName.SHA256,
        HashAlgorithmName.SHA384,
        HashAlgorithmName.SHA512,
    ];

    private readonly Dictionary<string, CertId> _byHash;

    public IssuerHashes(Certificate authority)
    {
        var any = SerialNumber.FromUnsigned(1);
        _byHash = Algorithms.ToDictionary(HashAlgorithms.ToOid, hash => CertId.For(authority, any, hash));
    }

    public bool Match(CertId id) =>
        id.HashAlgorithm.HasAbsentOrNullParameters
        && _byHash.TryGetValue(id.HashAlgorithm.Oid, out var own)
        && own.IssuerNameHash.Span.SequenceEqual(id.IssuerNameHash.Span)
        && own.IssuerKeyHash.Span.SequenceEqual(id.IssuerKeyHash.Span);
}
