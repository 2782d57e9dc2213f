using System.Security.Cryptography;

namespace EContract.Signer.Signing;

/// <summary>Gives RFC 3161 tokens.</summary>
public interface ITimestampAuthority
{
    /// <summary>A token over the digest, checked to be one over it.</summary>
    /// <returns>The token's ContentInfo, DER.</returns>
    /// <exception cref="Hosting.Errors.ServiceException">TSA_UNAVAILABLE.</exception>
    Task<byte[]> StampAsync(HashAlgorithmName hash, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken);

    /// <summary>The largest token to be expected, in bytes: what a PDF keeps free for it.</summary>
    Task<int> TokenSizeAsync(CancellationToken cancellationToken);
}
