using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Errors;
using Microsoft.Extensions.Logging;

namespace EContract.Hosting.Callers;

/// <summary>
/// Client certificate → named caller. The answer is kept per certificate for a short time, so that revocation is asked about
/// once in that time and not with every call.
/// </summary>
public sealed class CallerRegistry
{
    private static readonly TimeSpan RevocationLifetime = TimeSpan.FromSeconds(30);
    private static readonly CallerOptions InProcess = new() { Name = "in-process", Roles = [Role.Service.Name()] };

    private readonly TimeProvider _time;
    private readonly ICallerRevocation? _revocation;
    private readonly ILogger<CallerRegistry> _logger;
    private readonly ConcurrentDictionary<string, Caller> _internal = new(StringComparer.Ordinal);
    private volatile Snapshot _snapshot;

    public CallerRegistry(
        IReadOnlyList<CallerOptions> callers,
        TimeProvider time,
        ILogger<CallerRegistry> logger,
        ICallerRevocation? revocation = null
    )
    {
        (_time, _revocation, _logger) = (time, revocation, logger);
        _snapshot = new Snapshot(callers, time);
        if (revocation is not null)
        {
            revocation.Changed += () => _snapshot.Forget();
        }
    }

    /// <summary>Takes over changed callers, which were judged to be right. What they have in progress goes on.</summary>
    public void Replace(IReadOnlyList<CallerOptions> callers)
    {
        _snapshot = new Snapshot(callers, _time);
        _logger.LogInformation("Callers were reloaded: {Count}", callers.Count);
    }

    /// <exception cref="ServiceException">Unknown, revoked, suspended, or expired since the connection was made.</exception>
    internal async ValueTask<(Caller Caller, CallerIdentity Identity)> ResolveAsync(
        X509Certificate2 certificate,
        CancellationToken cancellationToken
    )
    {
        var snapshot = _snapshot;
        var thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        var now = _time.GetUtcNow();
        // An answer that was asked for before a revocation must not be remembered after it: it goes where nobody looks any more.
        var remembered = snapshot.Known;
        if (!remembered.TryGetValue(thumbprint, out var known) || known.Until <= now)
        {
            known = await JudgeAsync(snapshot, certificate, thumbprint, now, cancellationToken);
            remembered[thumbprint] = known;
        }

        if (known.Fault is { } fault)
        {
            throw new ServiceException(fault.Fault, fault.Detail);
        }

        var caller = known.Caller!;
        return caller.IsSuspended
            ? throw new ServiceException(Fault.CallerSuspended, $"Caller '{caller.Identity.Name}' is suspended.")
            : (caller, caller.Identity with { CertificateThumbprint = thumbprint });
    }

    /// <summary>A role that calls another one within the process.</summary>
    internal Caller ResolveInternal(string name) =>
        _internal.GetOrAdd(
            name,
            static (name, time) => new Caller(new CallerOptions { Name = name, Roles = InProcess.Roles }, time),
            _time
        );

    private async ValueTask<Known> JudgeAsync(
        Snapshot snapshot,
        X509Certificate2 certificate,
        string thumbprint,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var until = now + RevocationLifetime;
        // A connection lives longer than its handshake: the validity is checked again.
        if (now > certificate.NotAfter || now < certificate.NotBefore)
        {
            return new Known(null, (Fault.CallerCertificateInvalid, "The client certificate is not valid at this time."), until);
        }

        var caller = Array.Find(snapshot.Callers, candidate => candidate.Matches(certificate));
        if (caller is null)
        {
            _logger.LogWarning("No configured caller has certificate {Thumbprint}, subject {Subject}", thumbprint, certificate.Subject);
            return new Known(null, (Fault.CallerUnknown, "No configured caller has this client certificate."), until);
        }

        var state = _revocation is null ? CallerRevocationState.Good : await _revocation.CheckAsync(certificate, cancellationToken);
        return state switch
        {
            CallerRevocationState.Good => new Known(caller, null, until),
            CallerRevocationState.Revoked => new Known(
                null,
                (Fault.CallerCertificateRevoked, "The client certificate was revoked."),
                until
            ),
            // Not kept: the next call asks again.
            _ => new Known(null, (Fault.CallerRevocationUnknown, "The client certificate's revocation state is unknown."), now),
        };
    }

    private sealed record Known(Caller? Caller, (Fault Fault, string Detail)? Fault, DateTimeOffset Until);

    private sealed class Snapshot(IReadOnlyList<CallerOptions> callers, TimeProvider time)
    {
        // By SHA-256 thumbprint. Bounded by what the client anchors have issued: a stranger's certificate does not pass the handshake.
        private volatile ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

        public Caller[] Callers { get; } = [.. callers.Select(options => new Caller(options, time))];

        public ConcurrentDictionary<string, Known> Known => _known;

        public void Forget() => _known = new ConcurrentDictionary<string, Known>(StringComparer.Ordinal);
    }
}
