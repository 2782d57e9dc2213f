using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Signer.Signing;
using Microsoft.Extensions.DependencyInjection;

namespace EContract.Signer.Archive.Evidence;

/// <summary>Time-stamps for evidence: each is verified before anything rests on it.</summary>
public sealed class EvidenceStamps([FromKeyedServices(ArchiveComposition.Key)] ITimestampAuthority authority)
{
    /// <exception cref="ServiceException">TSA_UNAVAILABLE.</exception>
    public async Task<StampedToken> StampAsync(HashAlgorithmName hash, ReadOnlyMemory<byte> root, CancellationToken cancellationToken) =>
        StampedToken.TryRead(await authority.StampAsync(hash, root, cancellationToken))
        ?? throw new ServiceException(Fault.TsaUnavailable, "The time-stamp authority's token does not verify with its own certificate.");
}
