using EContract.Ca.Registration;
using EContract.Ca.Store;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Crl;

namespace EContract.Ca.Revocation;

/// <summary>Revocation by the service itself and administrators; the RA's goes through maker and approver.</summary>
public sealed class CertificateRevoker(CaDatabase database, StatusChanger statuses, TimeProvider time)
{
    /// <summary>Revokes; a certificate that is revoked already for the same reason is the same success again.</summary>
    public Task<CertificateRow> RevokeAsync(
        SerialNumber serial,
        CrlReason reason,
        DateTimeOffset? invalidityDate,
        Actor actor,
        string explanation,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            async context =>
            {
                var certificate = await StatusChanger.LockAsync(context, serial, actor, cancellationToken);
                if (certificate.Status == CertificateStatus.Revoked && certificate.Reason == (int)reason)
                {
                    return certificate;
                }

                await statuses.RevokeAsync(
                    context,
                    certificate,
                    reason,
                    invalidityDate,
                    actor,
                    time.GetStoredNow(),
                    cancellationToken,
                    explanation
                );
                return certificate;
            },
            cancellationToken
        );

    /// <summary>
    /// What a Signer may revoke: a certificate that an issued one replaces (R13). A stolen service certificate is no means to
    /// revoke everybody's.
    /// </summary>
    /// <exception cref="ServiceException"><see cref="Fault.RoleNotAdmitted"/>.</exception>
    public async Task RequireReplacedAsync(SerialNumber serial, CrlReason reason, CancellationToken cancellationToken)
    {
        var replaced = await database.ReadAsync(
            context => context.IsReplacedAsync(serial.ToString(), cancellationToken),
            cancellationToken
        );
        if (reason != CrlReason.Superseded || !replaced)
        {
            throw new ServiceException(Fault.RoleNotAdmitted, "a service revokes only what an issued certificate replaces, as superseded");
        }
    }

    /// <summary>A CRLReason by its RFC 5280 name; empty is unspecified.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.RevocationReasonInvalid"/>.</exception>
    public static CrlReason ParseReason(string name) =>
        name.Length == 0 ? CrlReason.Unspecified
        : !char.IsAsciiDigit(name[0]) && Enum.TryParse<CrlReason>(name, ignoreCase: true, out var reason) ? reason
        : throw new ServiceException(Fault.RevocationReasonInvalid, "the reason is not the name of a CRLReason");

    /// <summary>The RFC 5280 name: keyCompromise, cACompromise …</summary>
    public static string NameOf(CrlReason reason) =>
        reason switch
        {
            CrlReason.CACompromise => "cACompromise",
            CrlReason.AACompromise => "aACompromise",
            CrlReason.RemoveFromCrl => "removeFromCRL",
            _ => char.ToLowerInvariant(reason.ToString()[0]) + reason.ToString()[1..],
        };
}
