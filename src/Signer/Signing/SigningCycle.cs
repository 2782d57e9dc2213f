using System.Globalization;
using System.Security.Cryptography;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Signer.Activation;
using EContract.Signer.Documents;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>
/// From two right factors to a result: reserve, sign, verify, store, time-stamp, record, release. docs/signing-cycle.md tells what a
/// crash between any two of these leaves behind.
/// </summary>
public sealed class SigningCycle(
    SignerDatabase database,
    Factors factors,
    ICertificateAuthority authority,
    ITimestampAuthority timestamps,
    DocumentStore documents,
    AuditLog audit,
    SignerOptions settings,
    CyclePoints points,
    TimeProvider time
)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly ResultAssembly _assembly = new(timestamps);

    /// <summary>Signs what the activation authorises, once; called again it gives the same answer.</summary>
    public async Task<ActivationRow> CompleteAsync(
        CallOrigin call,
        ActivationId id,
        string otp,
        SecretBytes pin,
        CancellationToken cancellationToken
    )
    {
        var activation = await LoadAsync(call, id, cancellationToken);
        if (activation.SealSessionId is not null)
        {
            throw NotFound();
        }

        if (activation.State is ActivationState.Reserved or ActivationState.Consumed)
        {
            await factors.RequireAcceptedOtpAsync(id.Value, otp, cancellationToken);
            return await ResumeAsync(call, id, cancellationToken);
        }

        RequireOpen(activation);
        var credential = await CredentialAsync(activation.CredentialId, cancellationToken);
        await RequireGoodAsync(credential, cancellationToken);
        await using (
            var key = await factors.OpenAsync(
                call,
                new FactorCheck(credential.Id, CredentialState.Active, id.Value, otp, pin),
                cancellationToken
            )
        )
        {
            await points.ReachedAsync(CyclePoint.FactorsRight);
            if (await SignAsync(call, activation, credential, key, cancellationToken) is { } reservation)
            {
                return await FinishAsync(call, activation, credential, reservation);
            }
        }

        // A call beside this one, with the same two factors, reserved first.
        return await ResumeAsync(call, id, cancellationToken);
    }

    /// <summary>The same with an open seal's key in the place of the factors.</summary>
    internal async Task<ActivationRow> SealAsync(CallOrigin call, ActivationId id, ISigningKey key, CancellationToken cancellationToken)
    {
        var activation = await LoadAsync(call, id, cancellationToken);
        if (activation.State == ActivationState.Authorised)
        {
            var credential = await CredentialAsync(activation.CredentialId, cancellationToken);
            await RequireGoodAsync(credential, cancellationToken);
            if (await SignAsync(call, activation, credential, key, cancellationToken) is { } reservation)
            {
                return await FinishAsync(call, activation, credential, reservation);
            }
        }

        return await ResumeAsync(call, id, cancellationToken);
    }

    /// <summary>An activation of this caller with its items in order.</summary>
    /// <exception cref="ServiceException">ACTIVATION_NOT_FOUND, also for another caller's.</exception>
    public async Task<ActivationRow> LoadAsync(CallOrigin call, ActivationId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var activation = await db.FindActivationAsync(id, cancellationToken);
        if (activation is not null && activation.Caller != call.Caller)
        {
            await audit.AppendAsync(
                Event(call, activation, "activation.refused", AuditOutcome.Refused, ("reason", "another caller")),
                cancellationToken
            );
            throw NotFound();
        }

        return activation ?? throw NotFound();
    }

    private void RequireOpen(ActivationRow activation)
    {
        if (activation.State == ActivationState.Burned)
        {
            throw Burned(activation);
        }

        if (activation.ExpiresAt <= time.GetUtcNow())
        {
            throw new ServiceException(Fault.ActivationExpired, "The activation has expired.");
        }
    }

    /// <summary>R12: the authority itself is asked; its feed may be behind.</summary>
    private async Task RequireGoodAsync(Credential credential, CancellationToken cancellationToken)
    {
        CredentialStates.Require(credential, CredentialState.Active, time.GetUtcNow());
        var standing = await authority.GetStandingAsync(credential.SerialNumber!, cancellationToken);
        if (standing != CertificateStanding.Good)
        {
            throw standing == CertificateStanding.Expired
                ? new ServiceException(Fault.CredentialExpired, "The certificate has expired.")
                : new ServiceException(
                    Fault.CredentialRevoked,
                    "The certificate is revoked or on hold.",
                    ("state", standing.ToString().ToUpperInvariant())
                );
        }
    }

    /// <summary>Reserves, signs and verifies every item. Null when another call reserved first.</summary>
    private async Task<Guid?> SignAsync(
        CallOrigin call,
        ActivationRow activation,
        Credential credential,
        ISigningKey key,
        CancellationToken cancellationToken
    )
    {
        var reservation = Guid.NewGuid();
        if (!await ReserveAsync(call, activation, credential, reservation, cancellationToken))
        {
            return null;
        }

        // From here on nothing is given up because the caller hangs up: what was reserved is brought to its end.
        await points.ReachedAsync(CyclePoint.Reserved);
        try
        {
            using var verification = new SignatureVerification(credential);
            foreach (var item in activation.Items)
            {
                item.Signature = await SignItemAsync(item, key, verification);
            }
        }
        catch (Exception)
        {
            // What the token did before it failed is not known: these digests are never tried again.
            await BurnAsync(call, activation, BurnCause.Ambiguous);
            throw;
        }

        await points.ReachedAsync(CyclePoint.Signed);
        if (activation.Items.Exists(i => i.Level == ItemLevel.Timestamped || i.Format == ItemFormat.Pdf))
        {
            await StoreSignaturesAsync(activation, reservation);
            await points.ReachedAsync(CyclePoint.SignaturesStored);
        }

        return reservation;
    }

    private async Task<bool> ReserveAsync(
        CallOrigin call,
        ActivationRow activation,
        Credential credential,
        Guid reservation,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var until = now + settings.Signing.ReservationLease;
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The credential's row is held until the commit: a lock or revocation comes before, and is seen, or after, and burns.
        var held = await db.LockCredentialAsync(credential.Id, cancellationToken);
        CredentialStates.Require(held, CredentialState.Active, now);
        held.FailedAttempts = 0;
        var row = await db.LockActivationAsync(activation.Id, cancellationToken);
        if (row.State == ActivationState.Burned)
        {
            throw Burned(row);
        }

        if (row.State != ActivationState.Authorised)
        {
            return false;
        }

        if (!await DocumentReservations.TryReserveAsync(db, activation.Id, activation.Items, now, until, cancellationToken))
        {
            await transaction.RollbackAsync(cancellationToken);
            await BurnAsync(call, activation, BurnCause.DocumentChanged);
            throw new ServiceException(Fault.DocumentChanged, "Another signing of the same version of a document came first.");
        }

        row.State = ActivationState.Reserved;
        row.Reservation = reservation;
        row.LeaseUntil = until;
        await db.SaveChangesAsync(cancellationToken);
        await db.MarkItemsReservedAsync(activation.Id, cancellationToken);
        await audit.AppendAsync(
            db,
            Event(call, activation, "activation.reserved", AuditOutcome.Intended, Digests(activation)),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<byte[]> SignItemAsync(ActivationItem item, ISigningKey key, SignatureVerification verification)
    {
        var hash = new HashAlgorithmName(item.Hash);
        var signature = new byte[key.MaxSignatureSize];
        var length = await key.SignDigestAsync(
            item.DtbsDigest,
            hash,
            CmsItems.Scheme(key.Algorithm, item.Pss),
            signature,
            CancellationToken.None
        );
        Array.Resize(ref signature, length);
        verification.Require(CmsItems.Algorithm(key.Algorithm, hash, item.Pss), item.DtbsDigest, signature);
        return signature;
    }

    private async Task StoreSignaturesAsync(ActivationRow activation, Guid reservation)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var row = await db.LockActivationAsync(activation.Id, CancellationToken.None);
        RequireHeld(row, reservation);
        await db.StoreSignaturesAsync(activation, CancellationToken.None);


        row.SignedAt = time.GetUtcNow();
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Makes the results of signatures that are there, and records them.</summary>
    private async Task<ActivationRow> FinishAsync(CallOrigin call, ActivationRow activation, Credential credential, Guid reservation)
    {
        using var deadline = new CancellationTokenSource(settings.Signing.ReservationLease, time);
        var updates = new Dictionary<int, (byte[] Update, byte[] Digest)>();
        try
        {
            var results = await Task.WhenAll(
                activation.Items.Select(item => _assembly.AssembleAsync(item, credential, activation.CreatedAt, deadline.Token))
            );
            await points.ReachedAsync(CyclePoint.Timestamped);
            foreach (var (item, result) in activation.Items.Zip(results))
            {
                if (item.Format == ItemFormat.Pdf)
                {
                    var update = PdfItems.Place(item, result);
                    var document = await documents.FindAsync(activation.Caller, item.DocumentId!.Value, item.BaseVersion, deadline.Token);
                    updates[item.Ordinal] = (update, await documents.DigestWithAsync(document, update, deadline.Token));
                }
                else
                {
                    item.Result = result;
                }
            }
        }
        catch (ServiceException e) when (e.Fault is Fault.TsaUnavailable or Fault.StorageUnavailable)
        {
            await ReleaseAsync(activation, reservation);
            throw;
        }

        await RecordAsync(call, activation, reservation, updates);
        await points.ReachedAsync(CyclePoint.ResultStored);
        return activation;
    }

    private async Task RecordAsync(
        CallOrigin call,
        ActivationRow activation,
        Guid reservation,
        Dictionary<int, (byte[] Update, byte[] Digest)> updates
    )
    {
        var now = time.GetUtcNow();
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var row = await db.LockActivationAsync(activation.Id, CancellationToken.None);
        RequireHeld(row, reservation);
        try
        {
            await DocumentReservations.AppendAsync(db, activation, updates, now, CancellationToken.None);
        }
        catch (ServiceException)
        {
            await transaction.RollbackAsync();
            await BurnAsync(call, activation, BurnCause.DocumentChanged);
            throw;
        }

        row.State = ActivationState.Consumed;
        row.SignedAt ??= now;
        row.LeaseUntil = null;
        await db.SaveChangesAsync();
        activation.Items.ForEach(item => item.State = ActivationState.Consumed);
        await db.StoreResultsAsync(activation, CancellationToken.None);

    await audit.AppendAsync(
            db,
            Event(call, activation, "activation.completed", AuditOutcome.Succeeded, Results(activation)),
            CancellationToken.None
        );
        await transaction.CommitAsync();
        activation.State = ActivationState.Consumed;
        activation.SignedAt = row.SignedAt;
    }

    /// <summary>The answer of a completion that is done, runs elsewhere, or was cut off.</summary>
    private async Task<ActivationRow> ResumeAsync(CallOrigin call, ActivationId id, CancellationToken cancellationToken)
    {
        var patience = time.GetUtcNow() + settings.Signing.TimestampDeadline;
        while (true)
        {
            var activation = await LoadAsync(call, id, cancellationToken);
            switch (activation.State)
            {
                case ActivationState.Consumed:
                    return activation;
                case ActivationState.Burned:
                    throw Burned(activation);
                case ActivationState.Reserved when activation.LeaseUntil <= time.GetUtcNow():
                    return await TakeOverAsync(call, activation);
                case ActivationState.Reserved when time.GetUtcNow() >= patience:
                    throw new ServiceException(Fault.RequestInProgress, "The completion of this activation is still at work.")
                    {
                        RetryAfter = Poll * 10,
                    };
                default:
                    await Task.Delay(Poll, time, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>
    /// The reservation's holder is gone. With the signature values stored, the rest can be done by anyone; without them nobody knows
    /// whether the key was used, so the digests are given up.
    /// </summary>
    private async Task<ActivationRow> TakeOverAsync(CallOrigin call, ActivationRow activation)
    {
        if (activation.SignedAt is null)
        {
            await BurnAsync(call, activation, BurnCause.Ambiguous);
            activation.BurnCause = BurnCause.Ambiguous;
            throw Burned(activation);
        }

        var credential = await CredentialAsync(activation.CredentialId, CancellationToken.None);
        // A time-stamp taken now must not make a signature look older than a revocation.
        await RequireGoodAsync(credential, CancellationToken.None);
        var reservation = Guid.NewGuid();
        var now = time.GetUtcNow();
        var until = now + settings.Signing.ReservationLease;
        await using (var db = await database.OpenAsync(CancellationToken.None))
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var row = await db.LockActivationAsync(activation.Id, CancellationToken.None);
            if (row.State != ActivationState.Reserved || row.Reservation != activation.Reservation || row.LeaseUntil > now)
            {
                await transaction.RollbackAsync();
                return await ResumeAsync(call, activation.Id, CancellationToken.None);
            }

            if (!await DocumentReservations.TryReserveAsync(db, activation.Id, activation.Items, now, until, CancellationToken.None))
            {
                await transaction.RollbackAsync();
                await BurnAsync(call, activation, BurnCause.DocumentChanged);
                throw new ServiceException(Fault.DocumentChanged, "Another signing of the same version of a document came first.");
            }

            row.Reservation = reservation;
            row.LeaseUntil = until;
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        return await FinishAsync(call, activation, credential, reservation);
    }

    /// <summary>Lets the next call go on at once where this one had to stop.</summary>
    private async Task ReleaseAsync(ActivationRow activation, Guid reservation)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await db.EndLeaseAsync(activation.Id, reservation, time.GetUtcNow(), CancellationToken.None);
    }

    private async Task BurnAsync(CallOrigin call, ActivationRow activation, BurnCause cause)
    {
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.BurnAsync(activation.Id, cause, CancellationToken.None))
        {
            await audit.AppendAsync(
                db,
                Event(call, activation, "activation.burned", AuditOutcome.Failed, ("cause", cause.ToString())),
                CancellationToken.None
            );
        }

        await transaction.CommitAsync();
    }

    private async Task<Credential> CredentialAsync(CredentialId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.FindCredentialAsync(id, cancellationToken) ?? throw new ServiceException(Fault.CredentialNotFound, "There is no such credential.");
    }

    private static void RequireHeld(ActivationRow row, Guid reservation)
    {
        if (row.State == ActivationState.Burned)
        {
            throw Burned(row);
        }

        if (row.State != ActivationState.Reserved || row.Reservation != reservation)
        {
            throw new ServiceException(Fault.ActivationAmbiguous, "The completion took too long and another one took it over.");
        }
    }

    private static ServiceException NotFound() => new(Fault.ActivationNotFound, "There is no such activation.");

    private static ServiceException Burned(ActivationRow activation) =>
        activation.BurnCause switch
        {
            BurnCause.Ambiguous => new ServiceException(
                Fault.ActivationAmbiguous,
                "The server was interrupted while signing; what may have been signed is never released."
            ),
            BurnCause.DocumentChanged => new ServiceException(
                Fault.DocumentChanged,
                "Another signing of the same version of a document came first."
            ),
            BurnCause.OtpAttemptsExhausted => new ServiceException(
                Fault.OtpAttemptsExhausted,
                "The one-time password was entered wrongly too often."
            ),
            var cause => new ServiceException(
                Fault.ActivationBurned,
                "The activation was ended.",
                ("cause", $"{cause}".ToUpperInvariant())
            ),
        };

    internal static AuditEvent Event(
        CallOrigin call,
        ActivationRow activation,
        string action,
        AuditOutcome outcome,
        params ReadOnlySpan<(string Name, string Value)> details
    )
    {
        var facts = new Dictionary<string, string> { ["credential"] = activation.CredentialId.Value };
        foreach (var (name, value) in details)
        {
            facts[name] = value;
        }

        return new AuditEvent
        {
            Action = action,
            Caller = call.Caller,
            OnBehalfOf = activation.SubscriberId.Value,
            ObjectType = "activation",
            ObjectId = activation.Id.Value,
            Outcome = outcome,
            CorrelationId = call.CorrelationId,
            Details = facts,
        };
    }

    internal static (string Name, string Value)[] Digests(ActivationRow activation) =>
        [
            .. activation.Items.Select(i =>
                (string.Create(CultureInfo.InvariantCulture, $"dtbs_{i.Ordinal}"), $"{i.Hash}:{Convert.ToHexStringLower(i.DtbsDigest)}")
            ),
        ];

    private static (string Name, string Value)[] Results(ActivationRow activation) =>
        [
            .. activation.Items.Select(i =>
                (
                    string.Create(CultureInfo.InvariantCulture, $"result_{i.Ordinal}"),
                    $"SHA256:{Convert.ToHexStringLower(i.ResultDigest ?? SHA256.HashData(i.Result!))}"
                )
            ),
        ];
}
