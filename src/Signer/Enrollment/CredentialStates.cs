using EContract.Hosting.Errors;
using EContract.Signer.Store;

namespace EContract.Signer.Enrollment;

/// <summary>What a credential's state allows.</summary>
internal static class CredentialStates
{
    /// <summary>Refuses with the reason that the state gives, the gravest first.</summary>
    public static void Require(Credential credential, CredentialState required, DateTimeOffset now)
    {
        if (credential.State == CredentialState.Revoked || credential.OnHold)
        {
            throw new ServiceException(
                Fault.CredentialRevoked,
                credential.State == CredentialState.Revoked ? "The certificate is revoked." : "The certificate is on hold.",
                ("state", credential.State == CredentialState.Revoked ? "REVOKED" : "SUSPENDED")
            );
        }

        if (credential.NotAfter <= now)
        {
            throw new ServiceException(Fault.CredentialExpired, "The certificate has expired.");
        }

        if (credential.State == required)
        {
            return;
        }

        throw (credential.State, required) switch
        {
            (CredentialState.Locked, _) => new ServiceException(Fault.KeyLocked, "The key is locked. The RA can unlock it."),
            (CredentialState.Unlocking, _) => new ServiceException(
                Fault.KeyLocked,
                "The RA approved the unlock; the subscriber has to confirm it with one-time password and PIN."
            ),
            (_, CredentialState.Unlocking) => new ServiceException(
                Fault.UnlockNotApproved,
                "There is no approved request to unlock this key."
            ),
            (CredentialState.Active, CredentialState.Issued) => new ServiceException(
                Fault.CertificateAlreadyAccepted,
                "The certificate was accepted before."
            ),
            (CredentialState.Issued, _) => new ServiceException(
                Fault.CertificateNotAccepted,
                "The subscriber has not accepted the certificate yet."
            ),
            _ => new ServiceException(
                Fault.CredentialNotActive,
                "The credential is not in the state that this needs.",
                ("state", credential.State.ToString().ToUpperInvariant())
            ),
        };
    }

    /// <summary>The state that a lock interrupted.</summary>
    public static CredentialState Home(Credential credential) =>
        credential.Certificate is null ? CredentialState.Pending
        : credential.AcceptedAt is null ? CredentialState.Issued
        : CredentialState.Active;
}
