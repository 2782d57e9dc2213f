using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Signer.Signing;

namespace EContract.Signer.Archive;

/// <summary>
/// The time-stamp authority for archive work: a few requests at a time, so that however many documents are renewed, a person's signature never
/// queues behind them there. The signing cycle asks the authority itself, also for the levels B-LT and B-LTA.
/// </summary>
public sealed class ArchiveTimestamps(ITimestampAuthority authority, ArchiveOptions options) : ITimestampAuthority, IDisposable
{
    private readonly SemaphoreSlim _places = new(options.MaxTimestamps, options.MaxTimestamps);

    /// <exception cref="ServiceException">TSA_UNAVAILABLE.</exception>
    public async Task<byte[]> StampAsync(HashAlgorithmName hash, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await authority.StampAsync(hash, digest, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public async Task<int> TokenSizeAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await authority.TokenSizeAsync(cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
