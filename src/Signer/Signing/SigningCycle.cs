using System.Security.Cryptography;
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
    ActivationLedger ledger,
    Factors factors,
    ICertificateAuthority authority,
    ITimestampAuthority timestamps,
    DocumentStore documents,
    LongTermResults longTerm,
    SignerOptions settings,
    CyclePoints points,
    TimeProvider time
)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly ResultAssembly _assembly = new(timestamps, longTerm);

    /// <summary>Signs what the activation authorises, once; called again it gives the same answer.</summary>
    public async Task<ActivationRow> CompleteAsync(
        CallOrigin call,
        ActivationId id,
        string otp,
        SecretBytes pin,
        CancellationToken cancellationToken
    )
    {
        var activation = await ledger.LoadAsync(call, id, cancellationToken);
        if (activation.SealSessionId is not null)
        {
            throw ActivationFaults.NotFound();
        }

        if (activation.State is ActivationState.Reserved or ActivationState.Consumed)
        {
            await factors.RequireAcceptedOtpAsync(id.Value, otp, cancellationToken);
            return await ResumeAsync(call, id, cancellationToken);
        }

        RequireOpen(activation);
        var credential = await CredentialAsync(activation.CredentialId, cancellationToken);
        await RequireGoodAsync(credential, cancellationToken);
        var check = new FactorCheck(credential.Id, CredentialState.Active, id.Value, otp, pin);
        await using (var key = await factors.OpenAsync(call, check, cancellationToken))
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
        var activation = await ledger.LoadAsync(call, id, cancellationToken);
        if (activation.State == ActivationState.Authorised)
        {
            RequireOpen(activation);
            var credential = await CredentialAsync(activation.CredentialId, cancellationToken);
            await RequireGoodAsync(credential, cancellationToken);
            if (await SignAsync(call, activation, credential, key, cancellationToken) is { } reservation)
            {
                return await FinishAsync(call, activation, credential, reservation);
            }
        }

        return await ResumeAsync(call, id, cancellationToken);
    }

    private void RequireOpen(ActivationRow activation)
    {
        if (activation.State == ActivationState.Burned)
        {
            throw ActivationFaults.Burned(activation);
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
        if (await ledger.ReserveAsync(call, activation, cancellationToken) is not { } reservation)
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
            await ledger.BurnAsync(call, activation, BurnCause.Ambiguous);
            throw;
        }

        await points.ReachedAsync(CyclePoint.Signed);
        if (activation.Items.Exists(i => i.Level >= ItemLevel.Timestamped || i.Format == ItemFormat.Pdf))
        {
            await ledger.StoreSignaturesAsync(activation, reservation);
            await points.ReachedAsync(CyclePoint.SignaturesStored);
        }

        return reservation;
    }

    private static async Task<byte[]> SignItemAsync(ActivationItem item, ISigningKey key, SignatureVerification verification)
    {
        var hash = new HashAlgorithmName(item.Hash);
        var signature = new byte[key.MaxSignatureSize];
        var scheme = CmsItems.Scheme(key.Algorithm, item.Pss);
        var length = await key.SignDigestAsync(item.DtbsDigest, hash, scheme, signature, CancellationToken.None);
        Array.Resize(ref signature, length);
        verification.Require(CmsItems.Algorithm(key.Algorithm, hash, item.Pss), item.DtbsDigest, signature);
        return signature;
    }

    /// <summary>Makes the results of signatures that are there, and records them.</summary>
    private async Task<ActivationRow> FinishAsync(CallOrigin call, ActivationRow activation, Credential credential, Guid reservation)
    {
        using var deadline = new CancellationTokenSource(settings.Signing.ReservationLease, time);
        try
        {
            var results = await Task.WhenAll(
                activation.Items.Select(item => _assembly.AssembleAsync(item, credential, activation.CreatedAt, deadline.Token))
            );
            await points.ReachedAsync(CyclePoint.Timestamped);
            var updates = await PlaceAsync(activation, results, deadline.Token);
            await ledger.RecordAsync(call, activation, reservation, updates);
        }
        catch (ServiceException e)
            when (e.Fault
                    is Fault.TsaUnavailable
                        or Fault.StorageUnavailable
                        or Fault.RevocationSourceUnavailable
                        or Fault.ValidationDataMissing
                        or Fault.TrustAnchorMissing
            )
        {
            // The signature values are stored: the same call goes on as soon as the cause is gone.
            await ledger.ReleaseAsync(activation, reservation);
            throw;
        }

        await points.ReachedAsync(CyclePoint.ResultStored);
        return activation;
    }

    /// <summary>Puts each result where it belongs: into the item, or into what is appended to its document.</summary>
    private async Task<Dictionary<int, (byte[] Update, byte[] Digest)>> PlaceAsync(
        ActivationRow activation,
        byte[][] results,
        CancellationToken cancellationToken
    )
    {
        var updates = new Dictionary<int, (byte[] Update, byte[] Digest)>();
        foreach (var (item, result) in activation.Items.Zip(results))
        {
            if (item.Format != ItemFormat.Pdf)
            {
                item.Result = result;
                continue;
            }

            var update = PdfItems.Place(item, result);
            var document = await documents.FindAsync(activation.Caller, item.DocumentId!.Value, item.BaseVersion, cancellationToken);
            if (item.Level >= ItemLevel.LongTerm)
            {
                update = await longTerm.ExtendAsync(document, update, item, cancellationToken);
            }

            updates[item.Ordinal] = (update, await documents.DigestWithAsync(document, update, cancellationToken));
        }

        return updates;
    }

    /// <summary>The answer of a completion that is done, runs elsewhere, or was cut off.</summary>
    private async Task<ActivationRow> ResumeAsync(CallOrigin call, ActivationId id, CancellationToken cancellationToken)
    {
        var patience = time.GetUtcNow() + settings.Signing.TimestampDeadline;
        while (true)
        {
            var activation = await ledger.LoadAsync(call, id, cancellationToken);
            switch (activation.State)
            {
                case ActivationState.Consumed:
                    return activation;
                case ActivationState.Burned:
                    throw ActivationFaults.Burned(activation);
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
            await ledger.BurnAsync(call, activation, BurnCause.Ambiguous);
            activation.BurnCause = BurnCause.Ambiguous;
            throw ActivationFaults.Burned(activation);
        }

        var credential = await CredentialAsync(activation.CredentialId, CancellationToken.None);
        // A time-stamp taken now must not make a signature look older than a revocation.
        await RequireGoodAsync(credential, CancellationToken.None);
        return await ledger.TakeOverAsync(call, activation) is { } reservation
            ? await FinishAsync(call, activation, credential, reservation)
            : await ResumeAsync(call, activation.Id, CancellationToken.None);
    }

    private async Task<Credential> CredentialAsync(CredentialId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.FindCredentialAsync(id, cancellationToken)
            ?? throw new ServiceException(Fault.CredentialNotFound, "There is no such credential.");
    }
}
