using EContract.Hosting.Errors;
using EContract.Signer.Delivery;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Activation;

/// <summary>One-time passwords for what is not a signing. Each is good for one purpose, one credential and one caller, once.</summary>
public sealed class ChallengeDesk(SignerDatabase database, OneTimePasswords otps, SignerOptions settings, TimeProvider time)
{
    /// <param name="requestId">Repeated, it is the same challenge; null: always a new one.</param>
    public async Task<(Challenge Challenge, OtpDelivery Otp)> BeginAsync(
        CallOrigin call,
        string? requestId,
        CredentialId credentialId,
        ChallengePurpose purpose,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var credential =
            await db.FindCredentialAsync(credentialId, cancellationToken)
            ?? throw new ServiceException(Fault.CredentialNotFound, "There is no such credential.");
        call.Scope.Require(credential.Organisations);
        var required = purpose == ChallengePurpose.Unlock ? CredentialState.Unlocking : CredentialState.Active;
        CredentialStates.Require(credential, required, time.GetUtcNow());
        otps.RequireChannel(credential.OtpMethod, credential.Email, credential.Mobile);
        var challenge = requestId is null ? null : await FindAsync(db, call, requestId, credentialId, purpose, cancellationToken);
        if (challenge is null)
        {
            var now = time.GetUtcNow();
            challenge = new Challenge
            {
                Id = Identity.New<ChallengeId>(),
                Caller = call.Caller,
                RequestId = requestId,
                CredentialId = credentialId,
                Purpose = purpose,
                CreatedAt = now,
                ExpiresAt = now + settings.Signing.ActivationLifetime,
            };
            db.Challenges.Add(challenge);
            db.OneTimePasswords.Add(
                otps.Open(challenge.Id.Value, credential.SubscriberId, credential.OtpMethod, credential.Email, credential.Mobile, "ja")
            );
            if (!await db.TrySaveNewAsync(cancellationToken))
            {
                throw new ServiceException(Fault.RequestInProgress, "The same request is being worked on.");
            }
        }

        return (challenge, await otps.SendOnceAsync(challenge.Id.Value, Content(purpose, credential.Name), cancellationToken));
    }

    public async Task<OtpDelivery> ResendAsync(CallOrigin call, ChallengeId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var challenge = await OwnAsync(db, call, id, cancellationToken);
        RequireUnused(challenge);
        var name = await db.NameOfAsync(challenge.CredentialId, cancellationToken);
        return await otps.ResendAsync(id.Value, Content(challenge.Purpose, name), cancellationToken);
    }

    /// <summary>A challenge of this caller for this purpose that was not used yet.</summary>
    public async Task<Challenge> LoadAsync(CallOrigin call, ChallengeId id, ChallengePurpose purpose, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var challenge = await OwnAsync(db, call, id, cancellationToken);
        if (challenge.Purpose != purpose)
        {
            throw NotFound();
        }

        RequireUnused(challenge);
        return challenge;
    }

    /// <summary>In the transaction that does what the challenge was for.</summary>
    public async Task UseAsync(SignerContext db, ChallengeId id, CancellationToken cancellationToken)
    {
        if (!await db.TryUseChallengeAsync(id, time.GetUtcNow(), cancellationToken))
        {
            throw new ServiceException(Fault.OtpAlreadyUsed, "The one-time password was used before.");
        }
    }

    private void RequireUnused(Challenge challenge)
    {
        if (challenge.UsedAt is not null)
        {
            throw new ServiceException(Fault.OtpAlreadyUsed, "The one-time password was used before.");
        }

        if (challenge.ExpiresAt <= time.GetUtcNow())
        {
            throw new ServiceException(Fault.OtpExpired, "The challenge has expired.");
        }
    }

    private static async Task<Challenge?> FindAsync(
        SignerContext db,
        CallOrigin call,
        string requestId,
        CredentialId credential,
        ChallengePurpose purpose,
        CancellationToken cancellationToken
    )
    {
        var known = await db.FindChallengeAsync(call.Caller, requestId, cancellationToken);
        return known is null || (known.CredentialId == credential && known.Purpose == purpose)
            ? known
            : throw new ServiceException(Fault.RequestIdReused, "The request id was used before with different content.");
    }

    private static async Task<Challenge> OwnAsync(SignerContext db, CallOrigin call, ChallengeId id, CancellationToken cancellationToken) =>
        await db.FindChallengeAsync(call.Caller, id, cancellationToken) ?? throw NotFound();

    private static ServiceException NotFound() => new(Fault.OtpNotRequested, "There is no such challenge for this purpose.");

    private static OtpContent Content(ChallengePurpose purpose, string name) =>
        new(
            purpose switch
            {
                ChallengePurpose.ChangePin => Occasion.ChangePin,
                ChallengePurpose.Unlock => Occasion.Unlock,
                ChallengePurpose.EnrollTotp => Occasion.EnrollTotp,
                _ => Occasion.OpenSeal,
            },
            name
        );
}
