using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;
using EContract.Signer.Activation;
using EContract.Signer.Delivery;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using EContract.Signer.Store;

namespace EContract.Signer.Enrollment;

/// <summary>R3, R4: from an approved application to a key that signs.</summary>
public sealed class EnrollmentDesk(
    SignerDatabase database,
    IRegistrationAuthority registration,
    ICertificateAuthority authority,
    OneTimePasswords otps,
    Factors factors,
    CredentialVault vault,
    TokenKeys tokenKeys,
    Supersession supersession,
    AuditLog audit,
    SignerOptions settings,
    CyclePoints points,
    TimeProvider time
)
{
    /// <summary>How long an enrolment may be completed, with codes sent again.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly PinPolicy _pins = new(settings.Pin);

    /// <summary>Sends the subscriber of an approved application a one-time password.</summary>
    public async Task<(EnrollmentRow Enrollment, OtpDelivery Otp)> BeginAsync(
        CallOrigin call,
        RequestKey request,
        CertificateApplicationId applicationId,
        OtpMethod method,
        string language,
        CancellationToken cancellationToken
    )
    {
        var enrollment =
            await FindAsync(request, cancellationToken)
            ?? await StoreAsync(call, request, applicationId, method, language, cancellationToken);
        return (enrollment, await otps.SendOnceAsync(enrollment.Id.Value, Content(enrollment), cancellationToken));
    }

    public async Task<OtpDelivery> ResendAsync(CallOrigin call, EnrollmentId id, CancellationToken cancellationToken)
    {
        var enrollment = await LoadAsync(call, id, cancellationToken);
        return await otps.ResendAsync(id.Value, Content(enrollment), cancellationToken);
    }

    /// <summary>
    /// Makes the key, wraps it under the PIN before anything else is done with it, and has it certified. Cut off in between, the same
    /// call goes on where it stopped.
    /// </summary>
    public async Task<Credential> CompleteAsync(
        CallOrigin call,
        EnrollmentId id,
        string otp,
        string pin,
        KeyAlgorithm? algorithm,
        CancellationToken cancellationToken
    )
    {
        var enrollment = await LoadAsync(call, id, cancellationToken);
        call.Scope.Require(enrollment.Organisations);
        using var secret = SecretBytes.FromText(pin);
        if (enrollment.CredentialId is { } known)
        {
            await factors.RequireAcceptedOtpAsync(id.Value, otp, cancellationToken);
            var credential = await CredentialAsync(known, cancellationToken);
            return credential.State == CredentialState.Pending
                ? await ResumeAsync(call, credential, secret, cancellationToken)
                : credential;
        }

        if (enrollment.ExpiresAt <= time.GetUtcNow())
        {
            throw new ServiceException(Fault.EnrollmentExpired, "The enrolment has expired.");
        }

        if (_pins.Refusal(pin, enrollment.LoginIds) is { } refusal)
        {
            throw new ServiceException(Fault.PinRefused, refusal);
        }

        await factors.RequireOtpAsync(call, id.Value, otp, cancellationToken);
        var made = await MakeKeyAsync(call, enrollment, secret, algorithm, cancellationToken);
        return await CertifyAsync(call, made, made.PublicKey, cancellationToken);
    }

    /// <summary>R4: the PIN, entered after the certificate was shown, accepts certificate and key.</summary>
    public async Task<Credential> AcceptAsync(CallOrigin call, CredentialId id, string pin, CancellationToken cancellationToken)
    {
        var credential = await CredentialAsync(id, cancellationToken);
        CredentialStates.Require(credential, CredentialState.Issued, time.GetUtcNow());
        using var secret = SecretBytes.FromText(pin);
        await using (
            var key = await factors.OpenAsync(call, new FactorCheck(id, CredentialState.Issued, null, null, secret), cancellationToken)
        )
        {
            await RequireMatchAsync(key, credential);
        }

        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.LockCredentialAsync(id, cancellationToken);
        CredentialStates.Require(row, CredentialState.Issued, time.GetUtcNow());
        row.State = CredentialState.Active;
        row.AcceptedAt = time.GetUtcNow();
        row.FailedAttempts = 0;
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(
            db,
            CredentialEvents.Of(
                call,
                row,
                "certificate.accepted",
                ("certificate_sha256", Convert.ToHexStringLower(SHA256.HashData(row.Certificate!)))
            ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        supersession.Wake();
        return row;
    }

    private async Task<EnrollmentRow?> FindAsync(RequestKey request, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var known = await db.FindEnrollmentAsync(request, cancellationToken);
        return known is null || request.Matches(known.RequestFingerprint)
            ? known
            : throw new ServiceException(Fault.RequestIdReused, "The request id was used before with different content.");
    }

    private async Task<EnrollmentRow> LoadAsync(CallOrigin call, EnrollmentId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.FindEnrollmentAsync(call.Caller, id, cancellationToken)
            ?? throw new ServiceException(Fault.EnrollmentNotFound, "There is no such enrolment.");
    }

    private async Task<EnrollmentRow> StoreAsync(
        CallOrigin call,
        RequestKey request,
        CertificateApplicationId applicationId,
        OtpMethod method,
        string language,
        CancellationToken cancellationToken
    )
    {
        var application =
            await registration.FindApplicationAsync(applicationId, cancellationToken)
            ?? throw new ServiceException(Fault.ApplicationNotFound, "There is no such application.");
        call.Scope.Require(application.Organisations);
        RequireApproved(application);
        if (method == OtpMethod.Totp)
        {
            throw ServiceException.Invalid("otp_method", "An authenticator is registered after the enrolment; begin with EMAIL or SMS.");
        }

        otps.RequireChannel(method, application.Email, application.Mobile);
        var now = time.GetUtcNow();
        var enrollment = new EnrollmentRow
        {
            Id = Identity.New<EnrollmentId>(),
            Caller = call.Caller,
            RequestId = request.RequestId,
            RequestFingerprint = request.Fingerprint,
            ApplicationId = applicationId,
            SubscriberId = application.SubscriberId,
            State = EnrollmentState.Begun,
            Seal = application.Seal,
            Name = application.Name,
            Email = application.Email,
            Mobile = application.Mobile,
            Organisations = application.Organisations,
            LoginIds = application.LoginIds,
            OtpMethod = method,
            Language = language,
            ReplacesSerialNumber = application.ReplacesSerialNumber,
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Enrollments.Add(enrollment);
        db.OneTimePasswords.Add(
            otps.Open(enrollment.Id.Value, enrollment.SubscriberId, method, enrollment.Email, enrollment.Mobile, language)
        );
        if (!await db.TrySaveNewAsync(cancellationToken))
        {
            return await FindAsync(request, cancellationToken)
                ?? throw new ServiceException(Fault.RequestInProgress, "The same request is being worked on.");
        }

        await audit.AppendAsync(
            db,
            new AuditEvent
            {
                Action = "enrollment.begun",
                Caller = call.Caller,
                OnBehalfOf = enrollment.SubscriberId.Value,
                ObjectType = "enrollment",
                ObjectId = enrollment.Id.Value,
                Outcome = AuditOutcome.Succeeded,
                CorrelationId = call.CorrelationId,
                Details = new Dictionary<string, string> { ["application"] = applicationId.Value, ["otp_method"] = method.ToString() },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return enrollment;
    }

    private static void RequireApproved(CertificateApplication application)
    {
        switch (application.Standing)
        {
            case ApplicationStanding.Issued:
                throw new ServiceException(Fault.ApplicationAlreadyUsed, "The application has already led to a certificate.");
            case ApplicationStanding.Expired:
                throw new ServiceException(Fault.ApplicationExpired, "The approval of the application has expired.");
            case ApplicationStanding.Withdrawn:
                throw new ServiceException(Fault.ApplicationNotApproved, "The application was withdrawn.");
        }
    }

    private async Task<Credential> MakeKeyAsync(
        CallOrigin call,
        EnrollmentRow enrollment,
        SecretBytes pin,
        KeyAlgorithm? algorithm,
        CancellationToken cancellationToken
    )
    {
        var id = Identity.New<CredentialId>();
        var opened = await vault.VaultAsync(cancellationToken);
        var credential = await opened.CreateAsync(
            id.Value,
            algorithm ?? settings.DefaultKeyAlgorithm,
            pin.Memory,
            (key, blob, token) => StoreKeyAsync(call, enrollment, id, key, blob, token),
            cancellationToken
        );
        await points.ReachedAsync(CyclePoint.KeyStored);
        return credential;
    }

    private async Task<Credential> StoreKeyAsync(
        CallOrigin call,
        EnrollmentRow enrollment,
        CredentialId id,
        ISigningKey key,
        byte[] blob,
        CancellationToken cancellationToken
    )
    {
        var credential = new Credential
        {
            Id = id,
            SubscriberId = enrollment.SubscriberId,
            ApplicationId = enrollment.ApplicationId,
            EnrollmentId = enrollment.Id,
            State = CredentialState.Pending,
            Seal = enrollment.Seal,
            Name = enrollment.Name,
            Email = enrollment.Email,
            Mobile = enrollment.Mobile,
            Organisations = enrollment.Organisations,
            OtpMethod = enrollment.OtpMethod,
            KeyAlgorithm = key.Algorithm,
            WrappedKey = blob,
            PublicKey = key.SubjectPublicKeyInfo.ToArray(),
            CertificationRequest = CertificationRequests.Create(key, id),
            ReplacesSerialNumber = enrollment.ReplacesSerialNumber,
            CreatedAt = time.GetUtcNow(),
        };
        await using var db = await database.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Of two completions side by side one key is kept; the other was never stored and is gone with its session object.
        if (!await db.TryClaimEnrollmentAsync(enrollment.Id, id, cancellationToken))
        {
            throw new ServiceException(Fault.RequestInProgress, "The enrolment is being completed by another call.");
        }

        db.Credentials.Add(credential);
        await db.SaveChangesAsync(cancellationToken);
        await audit.AppendAsync(
            db,
            CredentialEvents.Of(
                call,
                credential,
                "key.created",
                ("algorithm", key.Algorithm.ToString()),
                ("public_key_sha256", Convert.ToHexStringLower(SHA256.HashData(credential.PublicKey)))
            ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return credential;
    }

    /// <summary>The key is there and wrapped; only who knows its PIN goes on with it.</summary>
    private async Task<Credential> ResumeAsync(CallOrigin call, Credential credential, SecretBytes pin, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> publicKey;
        await using (
            var key = await factors.OpenAsync(
                call,
                new FactorCheck(credential.Id, CredentialState.Pending, null, null, pin),
                cancellationToken
            )
        )
        {
            publicKey = key.SubjectPublicKeyInfo;
        }

        return await CertifyAsync(call, credential, publicKey, cancellationToken);
    }

    /// <param name="publicKey">As the token knows it, not as the database says: what is vouched for was made here.</param>
    private async Task<Credential> CertifyAsync(
        CallOrigin call,
        Credential credential,
        ReadOnlyMemory<byte> publicKey,
        CancellationToken cancellationToken
    )
    {
        var proof = await tokenKeys.ProveEnrollmentAsync(credential.ApplicationId.Value, publicKey, cancellationToken);
        // The credential's id as request id: whichever call asks, the CA issues one certificate.
        var issued = await authority.IssueAsync(
            credential.Id.Value,
            credential.ApplicationId,
            credential.CertificationRequest,
            proof,
            cancellationToken
        );
        using (var certificate = X509CertificateLoader.LoadCertificate(issued.Certificate))
        {
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(credential.PublicKey))
            {
                throw new ServiceException(Fault.ApplicationAlreadyUsed, "The application was certified with another key.");
            }
        }

        await points.ReachedAsync(CyclePoint.CertificateIssued);
        await using var db = await database.OpenAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var row = await db.LockCredentialAsync(credential.Id, CancellationToken.None);
        if (row.State != CredentialState.Pending)
        {
            return row;
        }

        row.State = CredentialState.Issued;
        row.SerialNumber = issued.SerialNumber;
        row.Certificate = issued.Certificate;
        row.Chain = issued.Chain;
        row.Subject = issued.Subject;
        row.NotAfter = issued.NotAfter;
        row.FailedAttempts = 0;
        await db.SaveChangesAsync(CancellationToken.None);
        await db.MarkEnrolledAsync(credential.EnrollmentId, CancellationToken.None);
        await audit.AppendAsync(
            db,
            CredentialEvents.Of(call, row, "credential.certified", ("serial", issued.SerialNumber)),
            CancellationToken.None
        );
        await transaction.CommitAsync(CancellationToken.None);
        return row;
    }

    /// <summary>That this key and this certificate belong together is proved by a signature, not by a comparison of stored bytes.</summary>
    private static async Task RequireMatchAsync(UnwrappedKey key, Credential credential)
    {
        var hash = key.Algorithm.DefaultHash;
        var digest = RandomNumberGenerator.GetBytes(KeyAlgorithms.DigestSize(hash));
        var signature = new byte[key.MaxSignatureSize];
        var length = await key.SignDigestAsync(digest, hash, key.Algorithm.DefaultScheme, signature);
        using var verification = new SignatureVerification(credential);
        verification.Require(CmsItems.Algorithm(key.Algorithm, hash, pss: false), digest, signature.AsSpan(0, length));
    }

    private async Task<Credential> CredentialAsync(CredentialId id, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.FindCredentialAsync(id, cancellationToken)
            ?? throw new ServiceException(Fault.CredentialNotFound, "There is no such credential.");
    }

    private static OtpContent Content(EnrollmentRow enrollment) => new(Occasion.Enrollment, enrollment.Name);
}
