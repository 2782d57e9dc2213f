using System.Security.Cryptography.X509Certificates;

namespace EContract.Hosting.Callers;

/// <summary>Tells whether a caller's certificate is revoked: Server wires it to our own CA's CRL or OCSP.</summary>
public interface ICallerRevocation
{
    ValueTask<CallerRevocationState> CheckAsync(X509Certificate2 certificate, CancellationToken cancellationToken);
}

/// <summary>Revocation state of a caller's certificate.</summary>
public enum CallerRevocationState
{
    Good,
    Revoked,

    /// <summary>Can't be told just now: the call is refused, for later.</summary>
    Unknown,
}
