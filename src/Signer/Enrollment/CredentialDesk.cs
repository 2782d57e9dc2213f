using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Hsm.Vault;
using EContract.Signer.Activation;
using EContract.Signer.Identities;
using EContract.Signer.Store;
using QRCoder;

namespace EContract.Signer.Enrollment;

/// <summary>What a subscriber does with a credential besides signing: looks at it, changes its PIN, locks and unlocks it, adds an authenticator.</summary>
public sealed class CredentialDesk(
    SignerDatabase database,
    ChallengeDesk challenges,
    Factors factors,
    CredentialVault vault,
    CredentialLock credentialLock,
    AuthenticatorSeeds seeds,
    AuditLog audit,
    SignerOptions settings,
    TimeProvider time
)
{
    private const int MaxPageSize = 500;
    private const int QrModulePixels = 6;

    private readonly PinPolicy _pins = new(settings.Pin);

    public async Task<Credential> GetAsync(CallOrigin call, CredentialId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var credential =
            await db.FindCredentialAsync(id, cancellationToken)
            ?? throw new ServiceException(Fault.CredentialNotFound, "There is no such credential.");
        call.Scope.Require(credential.Organisations);
        return credential;
    }

    /// <summary>A subscriber's credentials in a fixed order.</summary>
    /// <param name="after">The last of the page before.</param>
    public async Task<List<Credential>> ListAsync(
        CallOrigin call,
        SubscriberId subscriber,
        CredentialId? after,
        int pageSize,
        CancellationToken cancellationToken
    )
    {
        var most = pageSize is > 0 and <= MaxPageSize ? pageSize : MaxPageSize;
        await using var db = await database.OpenAsync(cancellationToken);
        var credentials = await db.ListCredentialsAsync(subscriber, after?.Value ?? "", most, cancellationToken);
        credentials.ForEach(credential => call.Scope.Require(credential.Organisations));
        return credentials;
    }

    /// <summary>Re-wraps the key under a new PIN. The old wrapping is overwritten.</summary>
    public async Task<Credential> ChangePinAsync(
        CallOrigin call,
        ChallengeId challengeId,
        string otp,
        string oldPin,
        string newPin,
        CancellationToken cancellationToken
    )
    {
        var challenge = await challenges.LoadAsync(call, challengeId, ChallengePurpose.ChangePin, cancellationToken);
        await RequirePinAsync(challenge.CredentialId, newPin, cancellationToken);
        if (oldPin == newPin)
        {
            throw new ServiceException(Fault.PinRefused, "The new PIN is the old one.");
        }

        using var current = SecretBytes.FromText(oldPin);
        using var next = SecretBytes.FromText(newPin);
        var check = new FactorCheck(challenge.CredentialId, CredentialState.Active, challengeId.Value, otp, current);
        await (await factors.OpenAsync(call, check, cancellationToken)).DisposeAsync();

        var credential = await GetAsync(call, challenge.CredentialId, cancellationToken);
        var opened = await vault.VaultAsync(cancellationToken);
        var blob =
            await opened.RewrapAsync(credential.Id.Value, credential.WrappedKey, current.Memory, next.Memory, cancellationToken)
            ?? throw new ServiceException(Fault.ConcurrentChange, "The PIN was changed by another call.");
        return await FinishAsync(
            call,
            challenge,
            CredentialState.Active,
            "pin.changed",
            row => row.WrappedKey = row.WrappedKey.AsSpan().SequenceEqual(credential.WrappedKey) ? blob : throw Raced(),
            cancellationToken
        );
    }

    /// <summary>R7: after the RA's approval, the subscriber confirms.</summary>
    public async Task<Credential> ConfirmUnlockAsync(
        CallOrigin call,
        ChallengeId challengeId,
        string otp,
        string pin,
        CancellationToken cancellationToken
    )
    {
        var challenge = await challenges.LoadAsync(call, challengeId, ChallengePurpose.Unlock, cancellationToken);
        using var secret = SecretBytes.FromText(pin);
        var check = new FactorCheck(challenge.CredentialId, CredentialState.Unlocking, challengeId.Value, otp, secret);
        await (await factors.OpenAsync(call, check, cancellationToken)).DisposeAsync();
        return await FinishAsync(
            call,
            challenge,
            CredentialState.Unlocking,
            "credential.unlocked",
            row =>
            {
                row.State = CredentialStates.Home(row);
                row.LockedAt = null;
            },
            cancellationToken
        );
    }

    /// <summary>Locks at once. Locked already, it stays locked.</summary>
    public async Task<Credential> LockAsync(CallOrigin call, CredentialId id, string reason, CancellationToken cancellationToken)
    {
        await GetAsync(call, id, cancellationToken);
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.LockCredentialAsync(id, cancellationToken);
        if (row.State is CredentialState.Active or CredentialState.Issued or CredentialState.Unlocking or CredentialState.Pending)
        {
            await credentialLock.LockAsync(db, row, cancellationToken);
            await audit.AppendAsync(db, CredentialEvents.Of(call, row, "credential.locked", ("reason", reason)), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return row;
    }

    /// <summary>Makes a seed for an authenticator app. It replaces an earlier one only when its first code has come.</summary>
    /// <returns>The <c>otpauth://</c> URI and its QR code as PNG.</returns>
    public async Task<(string Uri, byte[] QrCode)> EnrollTotpAsync(
        CallOrigin call,
        ChallengeId challengeId,
        string otp,
        string pin,
        CancellationToken cancellationToken
    )
    {
        var challenge = await challenges.LoadAsync(call, challengeId, ChallengePurpose.EnrollTotp, cancellationToken);
        var credential = await GetAsync(call, challenge.CredentialId, cancellationToken);
        if (credential.OtpMethod == OtpMethod.Totp)
        {
            throw new ServiceException(Fault.TotpAlreadyEnrolled, "An authenticator is registered.");
        }

        using var secret = SecretBytes.FromText(pin);
        var check = new FactorCheck(credential.Id, CredentialState.Active, challengeId.Value, otp, secret);
        await (await factors.OpenAsync(call, check, cancellationToken)).DisposeAsync();
        using var seed = SecretBytes.Own(RandomNumberGenerator.GetBytes(Totp.SeedLength));
        var sealedSeed = await seeds.SealAsync(credential.Id, seed, cancellationToken);
        await FinishAsync(call, challenge, CredentialState.Active, "authenticator.offered", _ => { }, cancellationToken);
        await using (var db = await database.OpenAsync(cancellationToken))
        {
            await db.DeleteUnconfirmedAuthenticatorAsync(credential.Id, cancellationToken);
            db.Authenticators.Add(
                new Authenticator
                {
                    CredentialId = credential.Id,
                    SealedSeed = sealedSeed,
                    CreatedAt = time.GetUtcNow(),
                }
            );
            await db.SaveChangesAsync(cancellationToken);
        }

        var uri = Totp.Uri(seed.Memory.Span, settings.Otp.TotpIssuer, credential.Name);
        using var code = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(code);
        return (uri, picture.GetGraphic(QrModulePixels));
    }

    /// <summary>The first code shows that the app holds the seed, and makes it the credential's way to one-time passwords.</summary>
    public async Task<Credential> ConfirmTotpAsync(CallOrigin call, CredentialId id, string code, CancellationToken cancellationToken)
    {
        await GetAsync(call, id, cancellationToken);
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var credential = await db.LockCredentialAsync(id, cancellationToken);
        var authenticator =
            await db.FindAuthenticatorAsync(id, confirmed: false, cancellationToken)
            ?? throw new ServiceException(Fault.TotpNotEnrolled, "No authenticator waits for its first code.");
        if (authenticator.FailedConfirmations >= settings.Otp.Attempts)
        {
            throw new ServiceException(Fault.OtpAttemptsExhausted, "Wrong too often: register the authenticator anew.");
        }

        authenticator.FailedConfirmations++;
        using var seed = await seeds.OpenAsync(authenticator, cancellationToken);
        var digits = System.Text.Encoding.ASCII.GetBytes(code.Replace(" ", "", StringComparison.Ordinal));
        var step = Totp.Match(seed.Memory.Span, digits, time.GetUtcNow(), settings.Otp.TotpWindow, authenticator.LastStep);
        if (step is { } matched)
        {
            authenticator.Confirmed = true;
            authenticator.LastStep = matched;
            credential.OtpMethod = OtpMethod.Totp;
            await audit.AppendAsync(db, CredentialEvents.Of(call, credential, "authenticator.confirmed"), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return step is null ? throw new ServiceException(Fault.OtpWrong, "The authenticator's code is wrong.") : credential;
    }

    private async Task RequirePinAsync(CredentialId id, string pin, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        if (_pins.Refusal(pin, await db.LoginIdsOfAsync(id, cancellationToken)) is { } refusal)
        {
            throw new ServiceException(Fault.PinRefused, refusal);
        }
    }

    /// <summary>Uses the challenge up and commits what it was for, with its evidence.</summary>
    private async Task<Credential> FinishAsync(
        CallOrigin call,
        Challenge challenge,
        CredentialState required,
        string action,
        Action<Credential> change,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.LockCredentialAsync(challenge.CredentialId, cancellationToken);
        CredentialStates.Require(row, required, time.GetUtcNow());
        await challenges.UseAsync(db, challenge.Id, cancellationToken);
        row.FailedAttempts = 0;
        change(row);
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(db, CredentialEvents.Of(call, row, action), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    private static ServiceException Raced() => new(Fault.ConcurrentChange, "The PIN was changed by another call.");
}
