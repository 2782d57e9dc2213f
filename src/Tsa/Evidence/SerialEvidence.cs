using System.Globalization;
using EContract.Tsa.Serials;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Tsa.Evidence;

/// <summary>
/// Writes the first and last serial number of each period to the audit log. What can't be recorded stays in the next period's range:
/// nothing is left out. After a crash the range since the last record is missing, but its epoch is never used again.
/// </summary>
internal sealed class SerialEvidence(
    SerialSource serials,
    RecordTsaEvent record,
    IOptions<TsaOptions> options,
    TimeProvider time,
    ILogger<SerialEvidence> logger
) : BackgroundService
{
    private DateTimeOffset? _failingSince; // only the running pass writes it
    private long _recorded; // counter of the last serial in the log; only the running pass writes it

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RecordAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.EvidencePeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RecordAsync(stoppingToken);
        }
    }

    internal async Task RecordAsync(CancellationToken cancellationToken)
    {
        if (serials.Epoch is not { } epoch || epoch.Count == _recorded)
        {
            return;
        }

        long last = epoch.Count;

        try
        {
            var details = new Dictionary<string, string>
            {
                ["first_serial"] = Format(epoch, _recorded + 1),
                ["last_serial"] = Format(epoch, last),
                ["count"] = (last - _recorded).ToString(CultureInfo.InvariantCulture),
            };
            string id = epoch.Epoch.ToString(CultureInfo.InvariantCulture);
            await record(new TsaEvent("tsa_serials.used", "tsa_epoch", id, true, details), cancellationToken);
            _recorded = last;
            _failingSince = null;
            serials.IsSuspended = false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The audit log is away; the range is kept and recorded with the next period. Not for ever, though.
            DateTimeOffset now = time.GetUtcNow();
            _failingSince ??= now;
            serials.IsSuspended |= now - _failingSince > options.Value.EvidenceLimit;
            logger.LogError(
                e,
                "Serial numbers {First}..{Last} of epoch {Epoch} could not be recorded yet",
                _recorded + 1,
                last,
                epoch.Epoch
            );
        }
    }

    private static string Format(SerialEpoch epoch, long counter)
    {
        Span<byte> serial = stackalloc byte[SerialEpoch.Length];
        epoch.Write(counter, serial);
        return Convert.ToHexString(serial);
    }
}
