using System.Text.Json;
using EContract.Ca.Profiles;
using EContract.Ca.Revocation;
using EContract.Ca.Store;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Crl;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Registration;

/// <summary>Makes an approved change take effect, in the transaction that records the approval: both or neither.</summary>
public sealed class ChangeApplier(StatusChanger statuses, ProfileCatalogue profiles, IOptions<RegistrationOptions> options)
{
    /// <summary>What a change must satisfy already when it is submitted, so that an approver never gets what can't be done.</summary>
    /// <returns>The operation with its data in the form that is stored.</returns>
    public async Task<ChangeOperation> RequireApplicableAsync(
        CaDbContext context,
        ChangeOperation operation,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        switch (operation)
        {
            case RegisterSubscriber register:
                var data = SubscriberDataRules.Require(register.Data);
                actor.Scope.Require(data.NameOrganisations());
                if (register.Profile is not null)
                {
                    RequireProfile(register.Profile, data.Kind);
                }

                return register with
                {
                    Data = data,
                };
            case UpdateSubscriber update:
                var current = await RequireActiveAsync(context, update.SubscriberId, actor, cancellationToken);
                RequireEtag(current, update.Etag);
                var updated = SubscriberDataRules.Require(update.Data);
                actor.Scope.Require(updated.NameOrganisations());
                return update with { Data = updated };
            case DeleteSubscriber delete:
                await RequireActiveAsync(context, delete.SubscriberId, actor, cancellationToken);
                return delete;
            case ApplyForCertificate apply:
                var subscriber = await RequireActiveAsync(context, apply.SubscriberId, actor, cancellationToken);
                RequireProfile(apply.Profile, (SubscriberKind)subscriber.Kind);
                if (apply.ReplacesSerialNumber is { } replaced)
                {
                    await RequireOwnAsync(context, replaced, apply.SubscriberId, actor, cancellationToken);
                }

                return apply;
            case RevokeCertificate revoke:
                StatusChanger.RequireRevocable(
                    await StatusChanger.FindAsync(context, RequireSerial(revoke.SerialNumber), actor, cancellationToken),
                    revoke.Reason,
                    revoke.InvalidityDate
                );
                return revoke;
            case HoldCertificate hold:
                StatusChanger.RequireGood(
                    await StatusChanger.FindAsync(context, RequireSerial(hold.SerialNumber), actor, cancellationToken)
                );
                return hold;
            case ReinstateCertificate reinstate:
                StatusChanger.RequireOnHold(
                    await StatusChanger.FindAsync(context, RequireSerial(reinstate.SerialNumber), actor, cancellationToken)
                );
                return reinstate;
            case UnlockCredential unlock when unlock.CredentialId.Length is > 0 and <= 128:
                await RequireActiveAsync(context, unlock.SubscriberId, actor, cancellationToken);
                return unlock;
            default:
                throw ServiceException.Invalid("operation", "is missing or incomplete");
        }
    }

    public async Task ApplyAsync(
        CaDbContext context,
        ChangeRow change,
        ChangeOperation operation,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        switch (operation)
        {
            case RegisterSubscriber register:
                actor.Scope.Require(register.Data.NameOrganisations());
                Register(context, change, register, now);
                break;
            case UpdateSubscriber update:
                await UpdateAsync(context, change, update, actor, now, cancellationToken);
                break;
            case DeleteSubscriber delete:
                await DeleteAsync(context, change, delete, actor, now, cancellationToken);
                break;
            case ApplyForCertificate apply:
                var subscriber = await RequireActiveAsync(context, apply.SubscriberId, actor, cancellationToken);
                change.SubscriberId = apply.SubscriberId;
                change.ApplicationId = Approve(context, subscriber, apply.Profile, apply.ReplacesSerialNumber, now);
                break;
            case RevokeCertificate revoke:
                await ChangeStatusAsync(
                    context,
                    change,
                    revoke.SerialNumber,
                    actor,
                    c => statuses.RevokeAsync(context, c, revoke.Reason, revoke.InvalidityDate, actor, now, cancellationToken),
                    cancellationToken
                );
                break;
            case HoldCertificate hold:
                await ChangeStatusAsync(
                    context,
                    change,
                    hold.SerialNumber,
                    actor,
                    c => statuses.HoldAsync(context, c, actor, now, cancellationToken),
                    cancellationToken
                );
                break;
            case ReinstateCertificate reinstate:
                await ChangeStatusAsync(
                    context,
                    change,
                    reinstate.SerialNumber,
                    actor,
                    c => statuses.ReinstateAsync(context, c, actor, now, cancellationToken),
                    cancellationToken
                );
                break;
            case UnlockCredential unlock:
                // Nothing of ours changes: the Signer acts on the feed of applied changes.
                await RequireActiveAsync(context, unlock.SubscriberId, actor, cancellationToken);
                change.SubscriberId = unlock.SubscriberId;
                break;
            default:
                throw new InvalidOperationException($"unknown operation {operation.Kind}");
        }
    }

    private static async Task ChangeStatusAsync(
        CaDbContext context,
        ChangeRow change,
        string serialNumber,
        Actor actor,
        Func<CertificateRow, Task> apply,
        CancellationToken cancellationToken
    )
    {
        var certificate = await StatusChanger.LockAsync(context, RequireSerial(serialNumber), actor, cancellationToken);
        change.SerialNumber = serialNumber;
        change.SubscriberId = certificate.SubscriberId;
        change.ApplicationId = certificate.ApplicationId;
        await apply(certificate);
    }

    private void Register(CaDbContext context, ChangeRow change, RegisterSubscriber register, DateTimeOffset now)
    {
        var row = new SubscriberRow
        {
            Id = change.SubscriberId!,
            Name = "",
            Email = "",
            NameKey = "",
            EmailKey = "",
            State = (int)SubscriberState.Active,
            CreatedAt = now,
        };
        row.Apply(register.Data, now);
        context.Subscribers.Add(row);
        if (register.Profile is { } profile)
        {
            change.ApplicationId = Approve(context, row, profile, null, now);
        }
    }

    private async Task UpdateAsync(
        CaDbContext context,
        ChangeRow change,
        UpdateSubscriber update,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var row = await RequireActiveAsync(context, update.SubscriberId, actor, cancellationToken);
        RequireEtag(row, update.Etag);
        actor.Scope.Require(update.Data.NameOrganisations());
        var changesCertificate = update.Data.ChangesCertificate(row.ToData());
        row.Apply(update.Data, now);
        change.SubscriberId = row.Id;
        if (!changesCertificate)
        {
            return;
        }

        // R13: what the certificates say is no longer true. Old ones are superseded at once, open applications with the old data
        // withdrawn, and for each a new application is approved with the new data.
        var profilesToRenew = new List<(string Profile, string? Replaces)>();
        var withdrawn = await WithdrawApplicationsAsync(context, row.Id, cancellationToken);
        foreach (var certificate in await context.LockUnrevokedOfAsync(row.Id, cancellationToken))
        {
            await statuses.RevokeAsync(context, certificate, CrlReason.Superseded, null, actor, now, cancellationToken);
            profilesToRenew.Add((certificate.Profile, SerialNumber.FromContent(certificate.Serial).ToString()));
        }

        foreach (var application in withdrawn)
        {
            profilesToRenew.Add((application.Profile, application.ReplacesSerialNumber));
        }

        foreach (var (profile, replaces) in profilesToRenew.DistinctBy(p => p.Profile))
        {
            RequireProfile(profile, update.Data.Kind);
            change.ApplicationId = Approve(context, row, profile, replaces, now);
            change.SerialNumber ??= replaces;
        }
    }

    private async Task DeleteAsync(
        CaDbContext context,
        ChangeRow change,
        DeleteSubscriber delete,
        Actor actor,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var row = await RequireActiveAsync(context, delete.SubscriberId, actor, cancellationToken);
        // Applications first: an issuance that holds one's lock commits before we look for certificates.
        await WithdrawApplicationsAsync(context, row.Id, cancellationToken);
        foreach (var certificate in await context.LockUnrevokedOfAsync(row.Id, cancellationToken))
        {
            await statuses.RevokeAsync(context, certificate, CrlReason.CessationOfOperation, null, actor, now, cancellationToken);
        }

        row.State = (int)SubscriberState.Deleted;
        row.UpdatedAt = now;
        row.Version++;
        change.SubscriberId = row.Id;
    }

    private static async Task<List<ApplicationRow>> WithdrawApplicationsAsync(
        CaDbContext context,
        string subscriber,
        CancellationToken cancellationToken
    )
    {
        // Locked as issuance locks them: an issuance under way either finishes before (and its certificate is seen) or fails.
        var open = await context.LockApprovedOfAsync(subscriber, cancellationToken);
        foreach (var application in open)
        {
            application.State = (int)ApplicationState.Withdrawn;
        }

        return open;
    }

    private string Approve(CaDbContext context, SubscriberRow subscriber, string profile, string? replaces, DateTimeOffset now)
    {
        var id = ApplicationId.Create(now).Value;
        context.Applications.Add(
            new ApplicationRow
            {
                Id = id,
                SubscriberId = subscriber.Id,
                Profile = profile,
                State = (int)ApplicationState.Approved,
                Subject = JsonSerializer.Serialize(subscriber.ToData(), Rows.Json),
                ReplacesSerialNumber = replaces,
                ApprovedAt = now,
                ExpiresAt = now + options.Value.ApplicationLifetime,
            }
        );
        return id;
    }

    private void RequireProfile(string name, SubscriberKind kind)
    {
        var kindName = kind.ToString().ToLowerInvariant();
        if (!profiles.Get(name).SubscriberKinds.Contains(kindName))
        {
            throw new ServiceException(
                Fault.ProfileForbids,
                $"profile {name} is not for a subscriber who is {kindName}",
                ("profile", name)
            );
        }
    }

    private static async Task RequireOwnAsync(
        CaDbContext context,
        string serialNumber,
        string subscriber,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var certificate = await StatusChanger.FindAsync(context, RequireSerial(serialNumber), actor, cancellationToken);
        if (certificate.SubscriberId != subscriber)
        {
            throw new ServiceException(Fault.CertificateNotFound, "the subscriber has no certificate with this serial number");
        }
    }

    private static SerialNumber RequireSerial(string serialNumber) =>
        SerialNumber.TryParse(serialNumber, out var serial)
            ? serial
            : throw ServiceException.Invalid("serial_number", "is not a hexadecimal number");

    private static void RequireEtag(SubscriberRow row, string etag)
    {
        if (etag.Length > 0 && etag != row.Version.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            throw new ServiceException(Fault.ConcurrentChange, "the subscriber was changed in the meantime");
        }
    }

    private static async Task<SubscriberRow> RequireActiveAsync(
        CaDbContext context,
        string id,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (!SubscriberId.TryParse(id, out _))
        {
            throw ServiceException.Invalid("subscriber_id", "is not a subscriber's id");
        }

        var row =
            await context.LockSubscriberAsync(id, cancellationToken)
            ?? throw new ServiceException(Fault.SubscriberNotFound, "there is no such subscriber");
        actor.Scope.Require(row.ToData().NameOrganisations());
        return row.State == (int)SubscriberState.Deleted
            ? throw new ServiceException(Fault.SubscriberStateForbids, "the subscriber is deleted")
            : row;
    }
}
