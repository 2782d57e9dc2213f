using System.Buffers.Binary;
using System.Security.Cryptography;
using EContract.Tsa.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EContract.Tsa.Serials;

/// <summary>
/// Leases an epoch for this run, as soon as the database answers. Until then there are no tokens; afterwards the database may be
/// away for as long as it likes. A crash before the commit leaves nothing, after it an epoch that nobody uses.
/// </summary>
internal sealed class SerialLease(SerialSource source, IOptions<TsaOptions> options, TimeProvider time, ILogger<SerialLease> logger)
    : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // At an ordinary start the first answer finds an epoch; a database that is away must not hold up the process.
        await TryLeaseAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Retry, time);
        while (source.Epoch is null && await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryLeaseAsync(stoppingToken);
        }
    }

    private async Task TryLeaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TsaSchema.MigrateAsync(options.Value.ConnectionString, cancellationToken);
            source.Epoch = await LeaseAsync(options.Value.ConnectionString, time, cancellationToken);
            logger.LogInformation("Serial numbers of epoch {Epoch} are leased", source.Epoch.Epoch);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
        {
            logger.LogWarning(e, "No epoch of serial numbers could be leased; no token is issued until then");
        }
    }

    internal static async Task<SerialEpoch> LeaseAsync(string connectionString, TimeProvider time, CancellationToken cancellationToken)
    {
        uint tag = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
        await using TsaDbContext context = TsaDbContext.Open(connectionString);
        var lease = new EpochLease
        {
            Tag = tag,
            Node = Environment.MachineName,
            LeasedAt = time.GetUtcNow(),
        };
        context.Epochs.Add(lease);
        await context.SaveChangesAsync(cancellationToken);
        return new SerialEpoch(lease.Id, tag);
    }
}
