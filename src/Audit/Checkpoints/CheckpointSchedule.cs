using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit.Verification;
using EContract.Hosting.Errors;
using EContract.Hosting.Health;
using EContract.Hsm.Keys;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Audit.Checkpoints;

/// <summary>Finds the token's audit key; Server wires it to the token.</summary>
public delegate Task<ISigningKey?> FindAuditKey(string label, CancellationToken cancellationToken);

/// <summary>Makes checkpoints at intervals, on demand, and a last one when the node stops.</summary>
public sealed class CheckpointSchedule(
    AuditLog log,
    IOptions<AuditOptions> options,
    TimeProvider time,
    ILogger<CheckpointSchedule> logger,
    FindAuditKey? findKey = null,
    ICheckpointTimestamper? timestamper = null
) : BackgroundService
{
    private readonly AuditOptions _options = options.Value;
    private readonly SemaphoreSlim _making = new(1, 1);

    // Guarded by _making.
    private CheckpointMaker? _maker;
    private DateTime _certificateWritten;

    // Set when the certificate is opened.
    private volatile bool _isUnfit;
    private volatile X509Certificate2? _certificate;

    /// <summary>Why the last attempt failed; null if it did not.</summary>
    public string? Trouble { get; private set; }

    private bool IsConfigured => findKey is not null && _options.CertificateFile is not null;

    /// <summary>The newest checkpoint, after one has been made of what none covers.</summary>
    /// <exception cref="ServiceException">AUDIT_CHECKPOINT_NOT_FOUND: there is nothing to cover, or checkpoints are not configured.</exception>
    public async Task<StoredCheckpoint> MakeNowAsync(CancellationToken cancellationToken)
    {
        await log.LinkAsync(cancellationToken);
        var made = await MakeAsync(cancellationToken);
        if (made is null)
        {
            await using var connection = await log.DataSource.OpenConnectionAsync(cancellationToken);
            made = await CheckpointStore.ReadAsync(connection, number: null, cancellationToken);
        }

        return made ?? throw new ServiceException(Fault.AuditCheckpointNotFound, "There is no checkpoint.");
    }

    /// <summary>For the health report.</summary>
    public HealthFinding Judge() =>
        !IsConfigured
            ? HealthFinding.Degraded("Checkpoints are not configured (Audit:CertificateFile): the log is chained, but not signed.")
        : Trouble is { } trouble ? HealthFinding.Degraded($"The last checkpoint failed: {trouble}")
        : _isUnfit
            ? HealthFinding.Degraded(
                "Checkpoints are made, but audit verify will refuse them: the certificate is not one for signing the evidence log (profile audit)."
            )
        : _certificate is { } certificate
        && CertificateProbe.Judge("The evidence log's certificate", certificate.NotAfter, time.GetUtcNow())
            is { State: not HealthState.Healthy } ending
            ? HealthFinding.Degraded(ending.Reason)
        : HealthFinding.Healthy("Checkpoints are made.");

    public override void Dispose()
    {
        _making.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsConfigured)
        {
            logger.LogWarning("Checkpoints are not configured: the audit log is chained, but not signed");
            return;
        }

        using var timer = new PeriodicTimer(_options.CheckpointInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryMakeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // What this node has recorded last is covered before it goes.
            await TryMakeAsync(CancellationToken.None);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The next interval tries again, whatever it was; health tells it.")]
    private async Task TryMakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await MakeAsync(cancellationToken);
            Trouble = null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Trouble = exception.Message;
            logger.LogWarning(exception, "The checkpoint failed");
        }
    }

    private async Task<StoredCheckpoint?> MakeAsync(CancellationToken cancellationToken)
    {
        if (!IsConfigured)
        {
            return null;
        }

        await log.StartAsync(cancellationToken);
        await _making.WaitAsync(cancellationToken);
        try
        {
            // A renewed certificate is taken up with the next checkpoint; a faulty one fails it, and health tells.
            var written = File.GetLastWriteTimeUtc(_options.CertificateFile!);
            if (_maker is null || written != _certificateWritten)
            {
                _maker = new CheckpointMaker(log.DataSource, await OpenSignerAsync(cancellationToken), time);
                _certificateWritten = written;
            }

            var made = await _maker.MakeAsync(cancellationToken);
            if (made is not null)
            {
                logger.LogInformation("Checkpoint {Number} covers {Records} records", made.Checkpoint.Number, made.Checkpoint.TreeSize);
                await PublishAsync(made, cancellationToken);
            }

            return made;
        }
        finally
        {
            _making.Release();
        }
    }

    private async Task<CheckpointSigner> OpenSignerAsync(CancellationToken cancellationToken)
    {
        var key =
            await findKey!(_options.KeyLabel, cancellationToken)
            ?? throw new ServiceException(Fault.TokenKeyMissing, $"The token has no key '{_options.KeyLabel}'.");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_options.CertificateFile!);
        _certificate = chain is [var own, ..] ? own : null;
        _isUnfit = _certificate is null || !SignerPurpose.Has(_certificate);
        return new CheckpointSigner(
            key,
            [.. chain.Select(certificate => (ReadOnlyMemory<byte>)certificate.RawData)],
            timestamper,
            time,
            logger
        );
    }

    /// <summary>A copy outside of the database, where who rules the database can't take it back.</summary>
    private async Task PublishAsync(StoredCheckpoint made, CancellationToken cancellationToken)
    {
        if (_options.PublishDirectory is { } directory)
        {
            Directory.CreateDirectory(directory);
            await File.WriteAllBytesAsync(
                Path.Combine(directory, $"checkpoint-{made.Checkpoint.Number:D8}.p7m"),
                made.Cms.ToArray(),
                cancellationToken
            );
        }
    }
}
