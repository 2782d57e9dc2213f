using EContract.Signer.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EContract.Signer.Enrollment;

/// <summary>R13: once a re-issued certificate is accepted, the old one is revoked as superseded, however long the CA is away.</summary>
public sealed class Supersession(SignerDatabase database, ICertificateAuthority authority, TimeProvider time, ILogger<Supersession> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _due = new(0);

    /// <summary>There is something to do.</summary>
    public void Wake() => _due.Release();

    /// <summary>Revokes what is due; several nodes may do so at once, for the CA does it once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        foreach (var credential in await db.ListToSupersedeAsync(cancellationToken))
        {
            await authority.SupersedeAsync(
                $"supersede-{credential.Id}",
                credential.ReplacesSerialNumber!,
                $"replaced by {credential.SerialNumber}",
                cancellationToken
            );
            await db.MarkSupersededAsync(credential.Id, time.GetUtcNow(), cancellationToken);
        }
    }

    public override void Dispose()
    {
        _due.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (SignerDatabase.IsOutage(e))
            {
                logger.LogWarning(e, "Superseded certificates could not be revoked yet");
            }

            await _due.WaitAsync(Interval, stoppingToken);
        }
    }
}
