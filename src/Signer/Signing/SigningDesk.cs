using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Signer.Activation;
using EContract.Signer.Delivery;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>Begins, shows and cancels activations (R6): what is stored here is all that can be signed later.</summary>
public sealed class SigningDesk(
    SignerDatabase database,
    ItemPreparation preparation,
    OneTimePasswords otps,
    ActivationLedger ledger,
    AuditLog audit,
    SignerOptions settings,
    CyclePoints points,
    TimeProvider time
)
{
    /// <summary>Prepares and stores exactly what will be signed, and sends the one-time password.</summary>
    /// <param name="language">Of the message: <c>ja</c> or <c>en</c>.</param>
    public async Task<(ActivationRow Activation, OtpDelivery Otp)> BeginAsync(
        CallOrigin call,
        RequestKey request,
        CredentialId credentialId,
        IReadOnlyList<SigningOrder> orders,
        string language,
        CancellationToken cancellationToken
    )
    {
        var activation =
            await FindAsync(request, cancellationToken)
            ?? await StoreAsync(call, request, credentialId, orders, language, null, cancellationToken);
        await points.ReachedAsync(CyclePoint.ActivationStored);
        var otp = await otps.SendOnceAsync(activation.Id.Value, await ContentAsync(activation, cancellationToken), cancellationToken);
        return (activation, otp);
    }

    /// <summary>The same for an open seal: nothing is sent, and the session's count is used up with it.</summary>
    internal async Task<ActivationRow> BeginSealedAsync(
        CallOrigin call,
        RequestKey request,
        SealSession session,
        IReadOnlyList<SigningOrder> orders,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(request, cancellationToken)
        ?? await StoreAsync(call, request, session.CredentialId, orders, "ja", session.Id, cancellationToken);

    /// <summary>Sends the code of an activation again.</summary>
    public async Task<OtpDelivery> ResendAsync(CallOrigin call, ActivationId id, CancellationToken cancellationToken)
    {
        var activation = await ledger.LoadAsync(call, id, cancellationToken);
        if (activation.State != ActivationState.Authorised || activation.ExpiresAt <= time.GetUtcNow())
        {
            throw new ServiceException(Fault.ActivationExpired, "The activation is over.");
        }

        return await otps.ResendAsync(id.Value, await ContentAsync(activation, cancellationToken), cancellationToken);
    }

    /// <summary>Ends an activation that is not needed any more. Done already, it stays done.</summary>
    public async Task CancelAsync(CallOrigin call, ActivationId id, CancellationToken cancellationToken)
    {
        var activation = await ledger.LoadAsync(call, id, cancellationToken);
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.LockActivationAsync(id, cancellationToken);
        switch (row.State)
        {
            case ActivationState.Reserved:
                throw new ServiceException(Fault.RequestInProgress, "The activation is being completed.");
            case ActivationState.Consumed:
                throw new ServiceException(Fault.ActivationAlreadyCompleted, "The activation was completed.");
            case ActivationState.Authorised when await db.BurnAsync(id, BurnCause.Cancelled, cancellationToken):
                var cancelled = ActivationEvents.Of(
                    call,
                    activation,
                    "activation.burned",
                    AuditOutcome.Succeeded,
                    ("cause", nameof(BurnCause.Cancelled))
                );
                await audit.AppendAsync(db, cancelled, cancellationToken);
                break;
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>How often the code of an activation may still be entered.</summary>
    public async Task<int> AttemptsLeftAsync(ActivationId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.AttemptsLeftAsync(id.Value, cancellationToken);
    }

    private async Task<ActivationRow?> FindAsync(RequestKey request, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var known = await db.FindActivationAsync(request, cancellationToken);
        return known is null || request.Matches(known.RequestFingerprint)
            ? known
            : throw new ServiceException(Fault.RequestIdReused, "The request id was used before with different content.");
    }

    private async Task<ActivationRow> StoreAsync(
        CallOrigin call,
        RequestKey request,
        CredentialId credentialId,
        IReadOnlyList<SigningOrder> orders,
        string language,
        SealSessionId? session,
        CancellationToken cancellationToken
    )
    {
        RequireCount(orders, session is null ? settings.Signing.MaxItems : settings.Seal.MaxItems);
        // Signed attributes and /M say whole seconds.
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var credential = await RequireActiveAsync(call, credentialId, session is not null, cancellationToken);
        var id = Identity.New<ActivationId>();
        var activation = new ActivationRow
        {
            Id = id,
            Caller = call.Caller,
            RequestId = request.RequestId,
            RequestFingerprint = request.Fingerprint,
            CredentialId = credential.Id,
            SubscriberId = credential.SubscriberId,
            State = ActivationState.Authorised,
            SealSessionId = session,
            Language = language,
            CreatedAt = now,
            ExpiresAt = now + settings.Signing.ActivationLifetime,
            Items = await preparation.PrepareAsync(call, id, orders, credential, now, cancellationToken),
        };

        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        CredentialStates.Require(await db.LockCredentialAsync(credential.Id, cancellationToken), CredentialState.Active, now);
        if (session is { } open)
        {
            if (await db.UseUpAsync(open, orders.Count, now, cancellationToken) is null)
            {
                throw new ServiceException(Fault.SealSessionEnded, "The seal session expired, was closed, or has too few signatures left.");
            }
        }
        else
        {
            await RequireFewOpenAsync(db, credential.Id, now, cancellationToken);
            db.OneTimePasswords.Add(
                otps.Open(id.Value, credential.SubscriberId, credential.OtpMethod, credential.Email, credential.Mobile, language)
            );
        }

        db.Activations.Add(activation);
        if (!await db.TrySaveNewAsync(cancellationToken))
        {
            // The same request came in twice at the same time: the other one is the activation.
            return await FindAsync(request, cancellationToken)
                ?? throw new ServiceException(Fault.RequestInProgress, "The same request is being worked on.");
        }

        await audit.AppendAsync(
            db,
            ActivationEvents.Of(call, activation, "activation.begun", AuditOutcome.Succeeded, ActivationEvents.Digests(activation)),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return activation;
    }

    private static void RequireCount(IReadOnlyList<SigningOrder> orders, int most)
    {
        if (orders.Count == 0)
        {
            throw ServiceException.Invalid("items", "At least one document or digest is needed.");
        }

        if (orders.Count > most)
        {
            throw new ServiceException(Fault.TooManySignatures, $"One call asks for {most} signatures at most.", ("limit", $"{most}"));
        }
    }

    private async Task<Credential> RequireActiveAsync(CallOrigin call, CredentialId id, bool seal, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var credential =
            await db.FindCredentialAsync(id, cancellationToken)
            ?? throw new ServiceException(Fault.CredentialNotFound, "There is no such credential.");
        call.Scope.Require(credential.Organisations);
        CredentialStates.Require(credential, CredentialState.Active, time.GetUtcNow());
        if (!seal)
        {
            otps.RequireChannel(credential.OtpMethod, credential.Email, credential.Mobile);
        }

        return credential;
    }

    private async Task RequireFewOpenAsync(
        SignerContext db,
        CredentialId credential,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await db.CountWaitingAsync(credential, now, cancellationToken) >= settings.Signing.MaxOpenActivations)
        {
            throw new ServiceException(Fault.QuotaExceeded, "Too many signings of this subscriber wait for their completion.")
            {
                RetryAfter = TimeSpan.FromMinutes(1),
            };
        }
    }

    private async Task<OtpContent> ContentAsync(ActivationRow activation, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var name = await db.NameOfAsync(activation.CredentialId, cancellationToken);
        return new OtpContent(
            Occasion.Signing,
            name,
            [.. activation.Items.Select(i => (i.Name, MessageTemplates.ShortDigest(i.ContentDigest)))]
        );
    }
}
