using System.Globalization;
using EContract.Audit;
using EContract.Ca.Registration;
using EContract.Ca.Store;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Ca.Revocation;

/// <summary>
/// Changes the status of issued certificates (R12). The row, the event for OCSP caches and the Signer, and the audit record are
/// one transaction: what is acknowledged is in force on every node.
/// </summary>
public sealed class StatusChanger(AuditLog audit)
{
    /// <exception cref="ServiceException"><see cref="Fault.CertificateNotFound"/>; <see cref="Fault.OrganisationNotAllowed"/>.</exception>
    public static async Task<CertificateRow> FindAsync(
        CaDbContext context,
        SerialNumber serial,
        Actor actor,
        CancellationToken cancellationToken
    ) => await RequireAsync(context, await context.FindIssuedAsync(serial, cancellationToken), actor, cancellationToken);

    /// <summary>The certificate, its row locked until the transaction ends.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.CertificateNotFound"/>; <see cref="Fault.OrganisationNotAllowed"/>.</exception>
    public static async Task<CertificateRow> LockAsync(
        CaDbContext context,
        SerialNumber serial,
        Actor actor,
        CancellationToken cancellationToken
    ) => await RequireAsync(context, await context.LockIssuedAsync(serial, cancellationToken), actor, cancellationToken);

    public async Task RevokeAsync(
        CaDbContext context,
        CertificateRow certificate,
        CrlReason reason,
        DateTimeOffset? invalidityDate,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        string explanation = ""
    )
    {
        RequireRevocable(certificate, reason, invalidityDate);
        // A hold that becomes a revocation keeps the time of the hold: the certificate was not valid since then.
        certificate.RevokedAt ??= CertificateTime.Truncate(now);
        certificate.Status = CertificateStatus.Revoked;
        certificate.Reason = (int)reason;
        certificate.InvalidityDate = invalidityDate is { } date ? CertificateTime.Truncate(date) : null;
        await RecordAsync(context, certificate, "certificate.revoked", actor, now, cancellationToken, explanation);
    }

    public async Task HoldAsync(
        CaDbContext context,
        CertificateRow certificate,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        RequireGood(certificate);
        certificate.Status = CertificateStatus.OnHold;
        certificate.RevokedAt = CertificateTime.Truncate(now);
        certificate.Reason = (int)CrlReason.CertificateHold;
        await RecordAsync(context, certificate, "certificate.suspended", actor, now, cancellationToken);
    }

    public async Task ReinstateAsync(
        CaDbContext context,
        CertificateRow certificate,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        RequireOnHold(certificate);
        certificate.Status = CertificateStatus.Good;
        certificate.RevokedAt = null;
        certificate.Reason = null;
        await RecordAsync(context, certificate, "certificate.reinstated", actor, now, cancellationToken);
    }

    /// <exception cref="ServiceException"><see cref="Fault.CertificateAlreadyRevoked"/>, <see cref="Fault.RevocationReasonInvalid"/>.</exception>
    public static void RequireRevocable(CertificateRow certificate, CrlReason reason, DateTimeOffset? invalidityDate)
    {
        if (certificate.Status == CertificateStatus.Revoked)
        {
            throw new ServiceException(Fault.CertificateAlreadyRevoked, "the certificate is revoked");
        }

        // A hold is an operation of its own; removeFromCRL only exists in delta CRLs; the CA's own compromise is no subscriber's.
        if (reason is CrlReason.CertificateHold or CrlReason.RemoveFromCrl or CrlReason.CACompromise || !Enum.IsDefined(reason))
        {
            throw new ServiceException(Fault.RevocationReasonInvalid, $"{reason} is no reason to revoke a certificate");
        }

        if (invalidityDate is { } date && (date < certificate.NotBefore || date > DateTimeOffset.MaxValue.AddYears(-1)))
        {
            throw ServiceException.Invalid("invalidity_date", "is before the certificate was valid");
        }
    }

    public static void RequireGood(CertificateRow certificate)
    {
        if (certificate.Status != CertificateStatus.Good)
        {
            throw new ServiceException(Fault.CertificateAlreadyRevoked, "the certificate is revoked or on hold");
        }
    }

    public static void RequireOnHold(CertificateRow certificate)
    {
        if (certificate.Status != CertificateStatus.OnHold)
        {
            throw new ServiceException(Fault.CertificateNotOnHold, "the certificate is not on hold");
        }
    }

    private async Task RecordAsync(
        CaDbContext context,
        CertificateRow certificate,
        string action,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        string explanation = ""
    )
    {
        var serial = SerialNumber.FromContent(certificate.Serial).ToString();
        await audit.AppendAsync(
            context,
            new AuditEvent
            {
                Action = action,
                Caller = actor.Caller,
                OnBehalfOf = actor.Person,
                ObjectType = "certificate",
                ObjectId = serial,
                Outcome = AuditOutcome.Succeeded,
                CorrelationId = CorrelationId.Current,
                Details = new Dictionary<string, string>
                {
                    ["authority"] = certificate.Authority,
                    ["subscriber_id"] = certificate.SubscriberId ?? "",
                    ["reason"] = certificate.Reason is { } reason ? ((CrlReason)reason).ToString() : "",
                    ["invalidity_date"] = certificate.InvalidityDate?.ToString("O", CultureInfo.InvariantCulture) ?? "",
                    // An infrastructure certificate belongs to no person.
                    ["explanation"] = certificate.SubscriberId is null ? explanation : "",
                },
                PersonId = certificate.SubscriberId,
                Personal =
                    explanation.Length > 0 && certificate.SubscriberId is not null
                        ? new Dictionary<string, string> { ["explanation"] = explanation }
                        : [],
            },
            cancellationToken
        );
        // The feed's lock comes last, as short as possible before the commit.
        await context.SaveChangesAsync(cancellationToken);
        context.StatusEvents.Add(
            new StatusEventRow
            {
                Position = await Feeds.TakeAsync(context, Feeds.Status, cancellationToken),
                Authority = certificate.Authority,
                Serial = certificate.Serial,
                Status = certificate.Status,
                Reason = certificate.Reason,
                ChangedAt = now,
                SubscriberId = certificate.SubscriberId,
            }
        );
        await context.SaveChangesAsync(cancellationToken);
    }

    private static async Task<CertificateRow> RequireAsync(
        CaDbContext context,
        CertificateRow? row,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (row is null)
        {
            throw new ServiceException(Fault.CertificateNotFound, "no certificate with this serial number was issued");
        }

        await context.RequireScopeAsync(row.SubscriberId, actor.Scope, cancellationToken);
        return row;
    }
}
