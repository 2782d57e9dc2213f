using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Hsm;
using EContract.Hsm.Vault;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;

namespace EContract.Signer.Activation;

/// <summary>
/// R5, R7: the two factors. An attempt is committed before anything is tried, so that neither a crash nor calls side by side give a
/// guess away for nothing. It is given back only when the token could not judge it.
/// </summary>
public sealed class Factors(
    SignerDatabase database,
    CredentialVault vault,
    OtpVerifier otps,
    CredentialLock credentialLock,
    AuditLog audit,
    SignerOptions settings,
    CyclePoints points,
    TimeProvider time
)
{
    /// <summary>The opened key when every factor is right. The count of wrong attempts is reset by whoever commits what they allowed.</summary>
    /// <exception cref="ServiceException">OTP_WRONG, PIN_WRONG with the attempts left; KEY_LOCKED, OTP_EXPIRED …</exception>
    public async Task<UnwrappedKey> OpenAsync(CallOrigin call, FactorCheck check, CancellationToken cancellationToken)
    {
        var (credential, password) = await CountAsync(call, check, cancellationToken);
        await points.ReachedAsync(CyclePoint.AttemptCounted);
        // From here on the caller's hanging up changes nothing: a guess is judged and recorded.
        try
        {
            if (password is not null && !await otps.AcceptAsync(password, credential.Id, check.Otp ?? ""))
            {
                throw await RefuseAsync(call, check, Fault.OtpWrong, password.AttemptsLeft);
            }

            var opened = await vault.OpenAsync(credential, check.Pin, CancellationToken.None);
            return opened ?? throw await RefuseAsync(call, check, Fault.PinWrong, null);
        }
        catch (HsmException)
        {
            await GiveBackAsync(check);
            throw;
        }
    }

    /// <summary>
    /// Whether the code is the one that was accepted for this subject before: who repeats a call to get its answer again must know it.
    /// Wrong ones use up the subject's attempts.
    /// </summary>
    public async Task RequireAcceptedOtpAsync(string subjectId, string otp, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            var password = await db.LockOneTimePasswordAsync(subjectId, cancellationToken);
            if (password.AttemptsLeft == 0)
            {
                throw new ServiceException(Fault.OtpAttemptsExhausted, "The one-time password was entered too often.");
            }

            password.AttemptsLeft--;
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (!await otps.WasAcceptedAsync(password, otp))
            {
                throw new ServiceException(Fault.OtpAlreadyUsed, "This step was completed with another one-time password.");
            }
        }

        await db.GiveCodeAttemptBackAsync(subjectId, cancellationToken);
    }

    /// <summary>For an enrolment, where no credential exists yet to be locked: the one-time password alone, counted the same way.</summary>
    public async Task RequireOtpAsync(CallOrigin call, string subjectId, string otp, CancellationToken cancellationToken)
    {
        OneTimePassword password;
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            password = await CountOtpAsync(db, subjectId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await points.ReachedAsync(CyclePoint.AttemptCounted);
        try
        {
            if (await otps.AcceptAsync(password, null, otp))
            {
                return;
            }
        }
        catch (HsmException)
        {
            await using var db = await database.OpenAsync(CancellationToken.None);
            await db.GiveCodeAttemptBackAsync(subjectId, CancellationToken.None);
            throw;
        }

        await audit.AppendAsync(Refused(call, "enrollment", subjectId, Fault.OtpWrong), CancellationToken.None);
        throw Wrong(Fault.OtpWrong, password.AttemptsLeft);
    }

    private async Task<(Credential Credential, OneTimePassword? Password)> CountAsync(
        CallOrigin call,
        FactorCheck check,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var credential = await db.LockCredentialAsync(check.CredentialId, cancellationToken);
        call.Scope.Require(credential.Organisations);
        CredentialStates.Require(credential, check.Required, time.GetUtcNow());
        // A node that died between counting and judging left the count at its limit.
        if (credential.FailedAttempts >= settings.Attempts.Allowed)
        {
            await credentialLock.LockAsync(db, credential, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            throw new ServiceException(Fault.KeyLocked, "The key is locked after too many wrong attempts.");
        }

        credential.FailedAttempts++;
        var password = check.OtpSubject is { } subject ? await CountOtpAsync(db, subject, cancellationToken) : null;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (credential, password);
    }

    private async Task<OneTimePassword> CountOtpAsync(SignerContext db, string subjectId, CancellationToken cancellationToken)
    {
        var password = await db.LockOneTimePasswordAsync(subjectId, cancellationToken);
        if (password.AttemptsLeft == 0)
        {
            throw new ServiceException(Fault.OtpAttemptsExhausted, "The one-time password was entered too often.");
        }

        if (password.Method != OtpMethod.Totp && password.Mac is null)
        {
            throw new ServiceException(Fault.OtpNotRequested, "No one-time password was sent for this step.");
        }

        if (password.AcceptedMac is null && password.ExpiresAt <= time.GetUtcNow())
        {
            throw new ServiceException(Fault.OtpExpired, "The one-time password has expired.");
        }

        password.AttemptsLeft--;
        await db.SaveChangesAsync(cancellationToken);
        return password;
    }

    private async Task<ServiceException> RefuseAsync(CallOrigin call, FactorCheck check, Fault fault, int? otpAttemptsLeft)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var credential = await db.LockCredentialAsync(check.CredentialId, CancellationToken.None);
        var left = settings.Attempts.Allowed - credential.FailedAttempts;
        await audit.AppendAsync(db, Refused(call, "credential", credential.Id.Value, fault), CancellationToken.None);
        if (left <= 0 && credential.State == check.Required)
        {
            await credentialLock.LockAsync(db, credential, CancellationToken.None);
            await audit.AppendAsync(
                db,
                new AuditEvent
                {
                    Action = "credential.locked",
                    Caller = call.Caller,
                    OnBehalfOf = credential.SubscriberId.Value,
                    ObjectType = "credential",
                    ObjectId = credential.Id.Value,
                    Outcome = AuditOutcome.Succeeded,
                    CorrelationId = call.CorrelationId,
                    Details = new Dictionary<string, string> { ["reason"] = "attempts" },
                },
                CancellationToken.None
            );
        }

        if (otpAttemptsLeft == 0 && check.OtpSubject is { } subject && Identity.Names<ActivationId>(subject))
        {
            await db.BurnAsync(ActivationId.Named(subject), BurnCause.OtpAttemptsExhausted, CancellationToken.None);
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return left <= 0
            ? new ServiceException(
                Fault.KeyLocked,
                "Wrong once too often: the key is locked now. The RA can unlock it.",
                ("attempts_left", "0")
            )
            : Wrong(fault, Math.Min(left, fault == Fault.OtpWrong ? otpAttemptsLeft ?? left : left));
    }

    private async Task GiveBackAsync(FactorCheck check)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.GiveAttemptBackAsync(check.CredentialId, CancellationToken.None);
        if (check.OtpSubject is { } subject)
        {
            await db.GiveCodeAttemptBackAsync(subject, CancellationToken.None);
        }
    }

    private static ServiceException Wrong(Fault fault, int left) =>
        new(
            fault,
            fault == Fault.OtpWrong ? "The one-time password is wrong." : "The PIN is wrong.",
            ("attempts_left", left.ToString(CultureInfo.InvariantCulture))
        );

    private static AuditEvent Refused(CallOrigin call, string objectType, string objectId, Fault fault) =>
        new()
        {
            Action = "factors.refused",
            Caller = call.Caller,
            ObjectType = objectType,
            ObjectId = objectId,
            Outcome = AuditOutcome.Refused,
            CorrelationId = call.CorrelationId,
            Details = new Dictionary<string, string> { ["reason"] = fault.Reason() },
        };
}
