using System.Security.Cryptography.X509Certificates;
using EContract.Ca.Authorities;
using EContract.Ca.Ocsp;
using EContract.Ca.Store;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Pki;
using Npgsql;

namespace EContract.Ca.Revocation;

/// <summary>Tells the edge whether a caller's certificate of our own CA is revoked. Those of other CAs are not ours to judge.</summary>
public sealed class CallerRevocation(AuthorityRegistry authorities, StatusReader statuses, RevocationFollower follower) : ICallerRevocation
{
    /// <inheritdoc />
    public event Action? Changed
    {
        add => follower.Changed += value;
        remove => follower.Changed -= value;
    }

    public async ValueTask<CallerRevocationState> CheckAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var issuer = authorities.All.FirstOrDefault(a =>
            a.Certificate.Tbs.Subject.Encoded.Span.SequenceEqual(certificate.IssuerName.RawData)
        );
        if (issuer is null)
        {
            return CallerRevocationState.Good;
        }

        try
        {
            var serial = SerialNumber.FromContent(certificate.SerialNumberBytes.Span);
            var standing = await statuses.ReadAsync(issuer.Id, serial, cancellationToken);
            return standing is { Status: CertificateStatus.Good } ? CallerRevocationState.Good : CallerRevocationState.Revoked;
        }
        catch (Exception e) when (e is NpgsqlException or ServiceException or TimeoutException)
        {
            return CallerRevocationState.Unknown;
        }
    }
}
