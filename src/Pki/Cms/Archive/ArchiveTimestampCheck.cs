using EContract.Pki.Tsp;

namespace EContract.Pki.Cms.Archive;

/// <summary>Whether an archive time-stamp covers its signature, and what besides the signature it proves to have existed.</summary>
public sealed record ArchiveTimestampCheck
{
    public required ArchiveTimestampProblem Problem { get; init; }

    public bool IsIntact => Problem == ArchiveTimestampProblem.None;

    /// <summary>The token; null when it can't be read. Judging its signature and certificate is the validator's work.</summary>
    public TimeStampToken? Token { get; init; }

    public AtsHashIndex? HashIndex { get; init; }

    /// <summary>The CertificateChoices that are covered, as in the SignedData.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>The RevocationInfoChoices that are covered, as in the SignedData.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Crls { get; init; } = [];

    /// <summary>The covered values of unsigned attributes, one value each: signature time-stamps and earlier archive time-stamps.</summary>
    public IReadOnlyList<CmsAttribute> UnsignedAttributes { get; init; } = [];

    internal static ArchiveTimestampCheck Failed(ArchiveTimestampProblem problem, TimeStampToken? token = null) =>
        new() { Problem = problem, Token = token };
}
