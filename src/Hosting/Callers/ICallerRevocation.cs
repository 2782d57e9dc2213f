using System.Security.Cryptography.X509Certificates;

namespace EContract.Hosting.Callers;

/// <summary>Tells whether a caller's certificate is revoked: by the records of our own CA, or elsewhere by its CRL.</summary>
public interface ICallerRevocation
{
    ValueTask<CallerRevocationState> CheckAsync(X509Certificate2 certificate, CancellationToken cancellationToken);

    /// <summary>Something was revoked or reinstated: what is remembered of earlier answers no longer counts.</summary>
    event Action? Changed
    {
        add { }
        remove { }
    }
}

/// <summary>Revocation state of a caller's certificate.</summary>
public enum CallerRevocationState
{
    Good,
    Revoked,

    /// <summary>Can't be told just now: the call is refused, for later.</summary>
    Unknown,
}
