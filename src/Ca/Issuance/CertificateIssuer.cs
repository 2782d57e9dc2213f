using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using EContract.Audit;
using EContract.Ca.Authorities;
using EContract.Ca.Profiles;
using EContract.Ca.Registration;
using EContract.Ca.Store;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Pkcs10;
using EContract.Pki.X509;
using ApplicationId = EContract.Ca.Registration.ApplicationId;

namespace EContract.Ca.Issuance;

/// <summary>
/// Issues one certificate per approved application: policy → plan stored → lint with a throwaway key → HSM → verify → store.
/// docs/issuance-cycle.md tells what a crash between any two steps leaves.
/// </summary>
public sealed class CertificateIssuer(
    CaDatabase database,
    AuthorityRegistry authorities,
    ProfileCatalogue profiles,
    EnrollmentGate enrollment,
    AuditLog audit,
    TimeProvider time
)
{
    /// <summary>The same request id and key give the same certificate again, on any node, also after a crash.</summary>
    /// <param name="certificationRequest">PKCS#10, DER.</param>
    /// <param name="enrollmentProof">The signature of <see cref="EnrollmentProof"/> by a Signer's token.</param>
    /// <exception cref="ServiceException">What the application, the policy or the request does not allow.</exception>
    public async Task<IssuedCertificate> IssueAsync(
        string requestId,
        ApplicationId application,
        ReadOnlyMemory<byte> certificationRequest,
        ReadOnlyMemory<byte> enrollmentProof,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (requestId.Length is 0 or > 128)
        {
            throw ServiceException.Invalid("request_id", "is missing or longer than 128 characters");
        }

        var key = RequireProof(certificationRequest);
        await enrollment.RequireAsync(application, key, enrollmentProof, cancellationToken);
        CertificateRow planned;
        try
        {
            planned = await database.WriteAsync(
                context => PlanAsync(context, requestId, application, key, actor, cancellationToken),
                cancellationToken
            );
        }
        catch (UniqueViolationException e) when (e.Constraint == "certificates_key")
        {
            throw new ServiceException(Fault.KeyAlreadyCertified, "the key has been certified for another application");
        }

        var issued = planned.State == CertificateState.Issued ? planned : await FinishAsync(planned, actor, cancellationToken);
        return new(issued, authorities.Get(issued.Authority));
    }

    /// <summary>The public key of a request whose signature proves that the applicant holds the private one.</summary>
    private SubjectPublicKeyInfo RequireProof(ReadOnlyMemory<byte> certificationRequest)
    {
        CertificationRequest request;
        try
        {
            request = CertificationRequest.Decode(certificationRequest);
        }
        catch (MalformedException e)
        {
            throw new ServiceException(Fault.CsrMalformed, e.Message);
        }

        var now = time.GetStoredNow();
        profiles.Algorithms.RequireSignature(request.Signed.SignatureAlgorithm, now);
        profiles.Algorithms.RequireKey(request.Info.SubjectPublicKeyInfo, now);
        return request.ProvesPossession()
            ? request.Info.SubjectPublicKeyInfo
            : throw new ServiceException(Fault.ProofOfPossessionFailed, "the request is not signed by the key that it names");
    }

    private async Task<CertificateRow> PlanAsync(
        CaDbContext context,
        string requestId,
        ApplicationId id,
        SubjectPublicKeyInfo key,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoredNow();
        var application = await context.LockApplicationAsync(id.Value, cancellationToken);
        var keyHash = SHA256.HashData(key.Encoded.Span);
        var existing = await context.FindOfApplicationAsync(id.Value, cancellationToken);
        var same = existing is not null && existing.KeyHash.AsSpan().SequenceEqual(keyHash) && existing.RequestId == requestId;
        switch ((ApplicationState)application.State)
        {
            case ApplicationState.Issued when same:
                return existing!;
            case ApplicationState.Issued:
                throw new ServiceException(Fault.ApplicationAlreadyUsed, "a certificate was issued for this application");
            case ApplicationState.Withdrawn:
                throw new ServiceException(Fault.ApplicationNotApproved, "the application was withdrawn");
            case ApplicationState.Approved when now >= application.ExpiresAt:
                throw new ServiceException(Fault.ApplicationExpired, "the application has expired");
        }

        if (same)
        {
            // An earlier call stopped between plan and store: the same plan is finished, never a second one begun.
            return existing!;
        }

        if (existing is not null)
        {
            // The applicant comes with another key: what was planned for the first is given up.
            await VoidAsync(context, existing, "another key was presented", actor, cancellationToken);
        }

        var row = Plan(application, requestId, key, keyHash, now);
        context.Certificates.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        await RecordAsync(context, row, "certificate.planned", AuditOutcome.Intended, actor, cancellationToken);
        return row;
    }

    private CertificateRow Plan(ApplicationRow application, string requestId, SubjectPublicKeyInfo key, byte[] keyHash, DateTimeOffset now)
    {
        var profile = profiles.Get(application.Profile);
        var authority = authorities.GetIssuing(profile.Authority);
        var serial = SerialNumber.CreateRandom();
        // Random as the serial is, and the same for everyone who computes it.
        var shard = BinaryPrimitives.ReadUInt16BigEndian(serial.Content.Span[^2..]) % authority.Shards;
        var subject = JsonSerializer.Deserialize<SubscriberData>(application.Subject, Rows.Json)!;
        var plan = new CertificatePlan(profile, profiles.Algorithms, authority.Urls)
        {
            Values = SubscriberPlaceholders.Of(SubscriberId.Stored(application.SubscriberId), subject),
            Shard = shard,
            DeltaCrl = authority.DeltaCrl,
        };
        var signature = SignatureAlgorithmOf(authority);
        var tbs = plan.Build(authority.ToIssuer(signature), key, serial, now);
        return new CertificateRow
        {
            Authority = authority.Id,
            Serial = serial.Content.ToArray(),
            State = CertificateState.Planned,
            Profile = profile.Name,
            SubscriberId = application.SubscriberId,
            ApplicationId = application.Id,
            RequestId = requestId,
            Subject = tbs.Subject.ToString(),
            NotBefore = tbs.NotBefore,
            NotAfter = tbs.NotAfter,
            Shard = shard,
            KeyHash = keyHash,
            Plan = tbs.Prepare().ToBeSigned.ToArray(),
            PlannedAt = now,
        };
    }

    /// <summary>Signs a stored plan and stores the certificate. Safe to run twice at once: the first to store wins, the other takes its result.</summary>
    internal async Task<CertificateRow> FinishAsync(CertificateRow planned, Actor actor, CancellationToken cancellationToken)
    {
        var authority = authorities.Get(planned.Authority);
        var profile = profiles.Get(planned.Profile);
        var prepared = PreparedCertificate.FromStored(planned.Plan);
        var key = await authorities.GetKeyAsync(authority, cancellationToken);
        try
        {
            await LintGate.PassAsync(TbsCertificate.Decode(planned.Plan), authority.Chain, profile, key.Algorithm, cancellationToken);
        }
        catch (ServiceException e) when (e.Fault == Fault.CertificateLintFailed)
        {
            await VoidAsync(planned, e.Message, actor, cancellationToken);
            throw;
        }

        var signature = await key.SignDataAsync(SignatureAlgorithmOf(authority), prepared.ToBeSigned, cancellationToken);
        var certificate = prepared.Complete(signature);
        if (!certificate.IsSignedBy(authority.Certificate.Tbs.SubjectPublicKeyInfo))
        {
            throw new ServiceException(Fault.SignatureNotVerified, "the token's signature does not verify");
        }

        var (row, fault) = await database.WriteAsync(
            context => StoreAsync(context, planned, certificate, actor, cancellationToken),
            cancellationToken
        );
        return fault is null ? row : throw fault;
    }

    private async Task<(CertificateRow Row, ServiceException? Fault)> StoreAsync(
        CaDbContext context,
        CertificateRow planned,
        Certificate certificate,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var application = await context.LockApplicationAsync(planned.ApplicationId!, cancellationToken);
        var row = await context.LockPlanAsync(planned, cancellationToken);
        switch (row.State)
        {
            case CertificateState.Issued:
                return (row, null);
            case CertificateState.Void:
                return (row, Voided(row));
        }

        if (application.State != (int)ApplicationState.Approved)
        {
            // Withdrawn while the token signed. Committed as void, not rolled back.
            await VoidAsync(context, row, "the application was withdrawn", actor, cancellationToken);
            return (row, Voided(row));
        }

        row.State = CertificateState.Issued;
        row.Certificate = certificate.Encoded.ToArray();
        row.IssuedAt = time.GetStoredNow();
        application.State = (int)ApplicationState.Issued;
        application.SerialNumber = certificate.Tbs.SerialNumber.ToString();
        await context.SaveChangesAsync(cancellationToken);
        await RecordAsync(context, row, "certificate.issued", AuditOutcome.Succeeded, actor, cancellationToken);
        return (row, null);
    }

    private Task VoidAsync(CertificateRow planned, string why, Actor actor, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async context =>
            {
                var row = await context.LockPlanAsync(planned, cancellationToken);
                if (row.State == CertificateState.Planned)
                {
                    await VoidAsync(context, row, why, actor, cancellationToken);
                }
            },
            cancellationToken
        );

    internal async Task VoidAsync(CaDbContext context, CertificateRow row, string why, Actor actor, CancellationToken cancellationToken)
    {
        row.State = CertificateState.Void;
        row.VoidReason = why;
        await context.SaveChangesAsync(cancellationToken);
        await RecordAsync(context, row, "certificate.voided", AuditOutcome.Failed, actor, cancellationToken);
    }

    private Task RecordAsync(
        CaDbContext context,
        CertificateRow row,
        string action,
        AuditOutcome outcome,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        audit.AppendAsync(
            context,
            new AuditEvent
            {
                Action = action,
                Caller = actor.Caller,
                OnBehalfOf = actor.Person,
                ObjectType = "certificate",
                ObjectId = SerialNumber.FromContent(row.Serial).ToString(),
                Outcome = outcome,
                CorrelationId = CorrelationId.Current,
                PersonId = row.SubscriberId,
                Details = new Dictionary<string, string>
                {
                    ["authority"] = row.Authority,
                    ["profile"] = row.Profile,
                    ["subscriber_id"] = row.SubscriberId ?? "",
                    ["application_id"] = row.ApplicationId ?? "",
                    ["tbs_sha256"] = Convert.ToHexStringLower(SHA256.HashData(row.Plan)),
                    ["void_reason"] = row.VoidReason ?? "",
                },
                Attachments = row.Certificate is { } der
                    ? [new AuditAttachment("certificate", "application/pkix-cert", der, Personal: true)]
                    : [],
            },
            cancellationToken
        );

    private static SignatureAlgorithm SignatureAlgorithmOf(Authority authority) =>
        SigningKeys.SignatureAlgorithmOf(authority.Certificate.Tbs.SubjectPublicKeyInfo);

    private static ServiceException Voided(CertificateRow row) => new(Fault.IssuanceVoided, $"the issuance was given up: {row.VoidReason}");
}
