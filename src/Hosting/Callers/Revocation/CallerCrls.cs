using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Health;
using EContract.Hosting.Tls;
using EContract.Pki;
using EContract.Pki.X509;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EContract.Hosting.Callers.Revocation;

/// <summary>
/// Judges callers' certificates by the CRLs of their CAs, fetched at intervals, and by what the CA tells in between
/// (<see cref="NoteStatus"/>). Fails closed: a caller of a CA whose list is missing, or older than its nextUpdate and the grace, is refused as
/// CALLER_REVOCATION_UNKNOWN. Certificates of CAs that none of the lists is of are not ours to judge.
/// </summary>
public sealed class CallerCrls : BackgroundService, ICallerRevocation
{
    private readonly CallerRevocationOptions _options;
    private readonly IOptionsMonitor<TlsOptions> _tls;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger<CallerCrls> _logger;

    // By address; filled by the loop.
    private readonly ConcurrentDictionary<string, TrustedCrl> _lists = new(StringComparer.Ordinal);

    // What the CA told since the newest list: revoked or not, and when. An entry is dropped once a list is younger than it.
    private readonly ConcurrentDictionary<SerialNumber, (bool Revoked, DateTimeOffset At)> _news = new();

    public CallerCrls(
        IOptions<CallerRevocationOptions> options,
        IOptionsMonitor<TlsOptions> tls,
        HttpClient http,
        TimeProvider time,
        ILogger<CallerCrls> logger
    ) => (_options, _tls, _http, _time, _logger) = (options.Value, tls, http, time, logger);

    /// <inheritdoc />
    public event Action? Changed;

    public ValueTask<CallerRevocationState> CheckAsync(X509Certificate2 certificate, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Judge(certificate.IssuerName.RawData, SerialNumber.FromContent(certificate.SerialNumberBytes.Span)));

    /// <summary>Takes over a change of status at once. The next list confirms it.</summary>
    public void NoteStatus(SerialNumber serial, bool revoked, DateTimeOffset changedAt)
    {
        _news[serial] = (revoked, changedAt);
        Changed?.Invoke();
    }

    /// <summary>Certificates that callers' certificates must chain to, as they are configured now.</summary>
    public IReadOnlyList<Certificate> ReadAnchors()
    {
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(_tls.CurrentValue.ClientAnchors);
        return [.. anchors.Select(anchor => Certificate.Decode(anchor.RawData))];
    }

    /// <summary>For the health report.</summary>
    public HealthFinding Judge()
    {
        var now = _time.GetUtcNow();
        var missing = _options.Crls.Where(address => !_lists.ContainsKey(address)).ToList();
        var old = _lists.Where(list => list.Value.NextUpdate < now).Select(list => list.Key).ToList();
        return missing.Count > 0
                ? HealthFinding.Unhealthy($"Callers can't be judged: no revocation list yet from {string.Join(", ", missing)}.")
            : _lists.Values.Any(list => !IsBelieved(list, now))
                ? HealthFinding.Unhealthy($"Callers can't be judged: the revocation list is out of date from {string.Join(", ", old)}.")
            : old.Count > 0 ? HealthFinding.Degraded($"A newer revocation list is overdue from {string.Join(", ", old)}.")
            : HealthFinding.Healthy(
                $"Revocation lists: {_lists.Count}, the first is due at {_lists.Values.Min(list => list.NextUpdate):u}."
            );
    }

    /// <summary>Fetches all lists now.</summary>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        foreach (var address in _options.Crls)
        {
            try
            {
                Take(address, TrustedCrl.Read(await DownloadAsync(address, cancellationToken), ReadAnchors()));
            }
            catch (Exception exception)
                when (exception is HttpRequestException or MalformedException or IOException or TimeoutException
                    || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                _logger.LogWarning(
                    "The revocation list at {Address} can't be had ({Reason}); the former one stays as long as it may",
                    address,
                    exception.Message
                );
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        try
        {
            do
            {
                await FetchAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) { }
    }

    private CallerRevocationState Judge(ReadOnlySpan<byte> issuer, SerialNumber serial)
    {
        var now = _time.GetUtcNow();
        TrustedCrl? list = null;
        foreach (var candidate in _lists.Values)
        {
            list =
                candidate.Issuer.Span.SequenceEqual(issuer) && (list is null || candidate.ThisUpdate > list.ThisUpdate) ? candidate : list;
        }

        if (list is null)
        {
            // As long as a list was never seen, nobody knows whose it is.
            return _lists.Count < _options.Crls.Count ? CallerRevocationState.Unknown : CallerRevocationState.Good;
        }

        if (_news.TryGetValue(serial, out var told) && told.At >= list.ThisUpdate)
        {
            return told.Revoked ? CallerRevocationState.Revoked : CallerRevocationState.Good;
        }

        return list.Lists(serial) ? CallerRevocationState.Revoked
            : IsBelieved(list, now) ? CallerRevocationState.Good
            : CallerRevocationState.Unknown;
    }

    private bool IsBelieved(TrustedCrl list, DateTimeOffset now) => now <= list.NextUpdate + _options.Grace;

    private void Take(string address, TrustedCrl fetched)
    {
        // An older list, replayed by whoever is between, must not bring a revoked caller back.
        if (_lists.TryGetValue(address, out var held) && (fetched.ThisUpdate < held.ThisUpdate || fetched.Number < held.Number))
        {
            _logger.LogWarning("The revocation list at {Address} is older than the one that is held; it is not taken", address);
            return;
        }

        _lists[address] = fetched;
        if (held is null || fetched.ThisUpdate > held.ThisUpdate)
        {
            var oldest = _lists.Values.Min(list => list.ThisUpdate);
            foreach (var (serial, told) in _news)
            {
                if (told.At < oldest)
                {
                    _news.TryRemove(serial, out _);
                }
            }

            Changed?.Invoke();
        }
    }

    private async Task<byte[]> DownloadAsync(string address, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        using var response = await _http.GetAsync(new Uri(address), HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
        using var list = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, deadline.Token)) > 0)
        {
            list.Write(buffer, 0, read);
            if (list.Length > _options.MaxSize)
            {
                throw new IOException($"The list is longer than {_options.MaxSize} bytes (CallerRevocation:MaxSize).");
            }
        }

        return list.ToArray();
    }
}
