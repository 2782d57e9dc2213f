using EContract.Ca.Ceremony;
using EContract.Ca.Store;
using EContract.Pki;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Authorities;

/// <summary>Brings the schema up to date and the authorities in before anything is served, and takes up what later ceremonies add.</summary>
public sealed class HierarchyWatch(
    CaDatabase database,
    HierarchyImporter importer,
    AuthorityRegistry authorities,
    TimeProvider time,
    IOptions<CaOptions> options,
    ILogger<HierarchyWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);
    private DateTime _imported; // owned by StartAsync, then by ExecuteAsync

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.MigrateAsync(cancellationToken);
        await ImportIfNewAsync(cancellationToken);
        await authorities.ReloadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ImportIfNewAsync(stoppingToken);
                await authorities.ReloadAsync(stoppingToken); // also what another node imported
            }
            catch (Exception e) when (CaDatabase.IsOutage(e) || e is IOException or System.Text.Json.JsonException or MalformedException)
            {
                logger.LogWarning("the hierarchy can't be looked after now: {Message}", e.Message);
            }
        }
    }

    private async Task ImportIfNewAsync(CancellationToken cancellationToken)
    {
        var directory = options.Value.Hierarchy;
        if (directory.Length == 0)
        {
            return;
        }

        var written = File.GetLastWriteTimeUtc(Path.Combine(directory, HierarchyFile.Name));
        if (written != _imported)
        {
            await importer.ImportAsync(directory, cancellationToken);
            _imported = written;
        }
    }
}
