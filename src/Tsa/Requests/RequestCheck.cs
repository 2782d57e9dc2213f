using EContract.Pki.Tsp;
using EContract.Tsa.Units;

namespace EContract.Tsa.Requests;

/// <summary>The checks of RFC 3161 §2.4.1–2 and ETSI EN 319 422 §4, one function each.</summary>
internal static class RequestCheck
{
    /// <summary>Content of the OBJECT IDENTIFIERs 2.16.840.1.101.3.4.2.{1,2,3} without their last arc.</summary>
    private static ReadOnlySpan<byte> NistHash => [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];

    private static ReadOnlySpan<byte> Null => [5, 0];

    /// <summary>§2.4.1: the version is 1.</summary>
    public static Refusal? Version(in TimeStampQuery query) => query.Version is [1] ? null : Refusal.Version;

    /// <summary>§2.4.1: "If the TSA does not recognize the hash algorithm … then the TSA SHOULD refuse" with badAlg.</summary>
    public static Refusal? HashAlgorithm(in TimeStampQuery query, Tsu unit, out ImprintDigest digest)
    {
        digest = default;
        if (query.HashAlgorithm.Length != NistHash.Length + 1 || !query.HashAlgorithm.StartsWith(NistHash))
        {
            return Refusal.HashAlgorithm;
        }

        digest = (ImprintDigest)query.HashAlgorithm[^1];
        return unit.Accepts(digest) ? null : Refusal.HashAlgorithm;
    }

    /// <summary>RFC 5754 §2: parameters of SHA-2 are absent or NULL.</summary>
    public static Refusal? HashParameters(in TimeStampQuery query) =>
        query.HashParameters.IsEmpty || query.HashParameters.SequenceEqual(Null) ? null : Refusal.HashParameters;

    /// <summary>§2.4.1: "Its length MUST match the length of the hash value for that algorithm".</summary>
    public static Refusal? ImprintLength(in TimeStampQuery query, ImprintDigest digest) =>
        query.HashedMessage.Length
        == digest switch
        {
            ImprintDigest.Sha256 => 32,
            ImprintDigest.Sha384 => 48,
            _ => 64,
        }
            ? null
            : Refusal.ImprintLength;

    /// <summary>§2.4.1: an extension that is not recognized, critical or not, is refused. None is recognized.</summary>
    public static Refusal? Extensions(in TimeStampQuery query) => query.HasExtensions ? Refusal.Extension : null;
}
