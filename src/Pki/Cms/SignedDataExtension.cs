using System.Security.Cryptography;

namespace EContract.Pki.Cms;

/// <summary>Adds validation data to a SignedData; nothing that is signed or time-stamped changes.</summary>
public static class SignedDataExtension
{
    /// <summary>
    /// B-LT: certificates and revocation data go where CMS has its place for them (ETSI EN 319 122-1 V1.3.1 §6.3: SignedData.certificates,
    /// SignedData.crls). What is there is not written again.
    /// </summary>
    /// <param name="certificates">DER.</param>
    /// <param name="ocspResponses">Each a whole OCSPResponse.</param>
    /// <param name="crls">DER.</param>
    public static SignedData WithValidationData(
        this SignedData signedData,
        IEnumerable<ReadOnlyMemory<byte>> certificates,
        IEnumerable<ReadOnlyMemory<byte>> ocspResponses,
        IEnumerable<ReadOnlyMemory<byte>> crls
    )
    {
        IReadOnlyList<ReadOnlyMemory<byte>> choices = Union(
            signedData.Crls,
            crls.Concat(ocspResponses.Select(o => (ReadOnlyMemory<byte>)RevocationInfoChoice.ForOcspResponse(o)))
        );
        return signedData with
        {
            Certificates = Union(signedData.Certificates, certificates),
            Crls = choices,
            // RFC 5652 §5.1: 5 where crls holds anything but CRLs. The version is covered by no signature.
            Version = choices.Any(RevocationInfoChoice.IsOther) ? 5 : signedData.Version,
        };
    }

    private static List<ReadOnlyMemory<byte>> Union(IReadOnlyList<ReadOnlyMemory<byte>> present, IEnumerable<ReadOnlyMemory<byte>> added)
    {
        var values = new List<ReadOnlyMemory<byte>>(present);
        var known = present.Select(Digest).ToHashSet(StringComparer.Ordinal);
        values.AddRange(added.Where(value => known.Add(Digest(value))));
        return values;
    }

    private static string Digest(ReadOnlyMemory<byte> value) => Convert.ToHexString(SHA256.HashData(value.Span));
}
