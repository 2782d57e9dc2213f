using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EContract.Audit;
using EContract.Ca.Store;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Pki;
using Microsoft.Extensions.Options;

namespace EContract.Ca.Registration;

/// <summary>
/// Maker and approver (R2). A change, its effects and its audit records are one transaction; two approvals at once are decided by
/// the row's lock.
/// </summary>
public sealed class RegistrationDesk(
    CaDatabase database,
    ChangeApplier applier,
    AuditLog audit,
    TimeProvider time,
    IOptions<RegistrationOptions> options
)
{
    private const int MaxText = 2000;

    /// <summary>Asks for a change; it takes effect at once only if its operation needs no approval.</summary>
    public async Task<Change> SubmitAsync(
        string requestId,
        ChangeOperation operation,
        string reason,
        string paperReference,
        Actor maker,
        CancellationToken cancellationToken
    )
    {
        RequireTexts(requestId, reason, paperReference, operation);
        var hash = HashRequest(operation, reason, paperReference);
        try
        {
            return await database.WriteAsync(
                async context =>
                {
                    var earlier = await context.FindByRequestAsync(maker.Caller, requestId, cancellationToken);
                    return (earlier is not null ? RequireSame(earlier, hash) : await InsertAsync(context, cancellationToken)).ToChange();
                },
                cancellationToken
            );
        }
        catch (UniqueViolationException e)
        {
            return await ResolveAsync(e.Constraint, cancellationToken);
        }

        async Task<ChangeRow> InsertAsync(CaDbContext context, CancellationToken token)
        {
            var applicable = await applier.RequireApplicableAsync(context, operation, maker, token);
            var now = time.GetStoredNow();
            var row = new ChangeRow
            {
                Id = ChangeId.Create(now).Value,
                RequestId = requestId,
                RequestHash = hash,
                Operation = operation.Kind,
                Payload = JsonSerializer.Serialize(applicable, Rows.Json),
                State = (int)ChangeState.Waiting,
                Reason = reason,
                PaperReference = paperReference,
                MakerCaller = maker.Caller,
                Maker = maker.Person,
                SubmittedAt = now,
                // A new subscriber's id is chosen now, so that all records of the person are found under it.
                SubscriberId = applicable is RegisterSubscriber ? SubscriberId.Create(now).Value : SubscriberOf(applicable),
                SerialNumber = SerialOf(applicable),
            };
            row.Organisations = await NameOrganisationsAsync(context, row, applicable, token);
            context.Changes.Add(row);
            await context.SaveChangesAsync(token);
            await RecordAsync(context, row, "change.submitted", maker, AuditOutcome.Succeeded, token);
            if (options.Value.WithoutApproval.Contains(operation.Kind))
            {
                await ApplyAsync(context, row, applicable, maker, token);
            }

            return row;
        }

        // Lost a race: the same request arrived twice at once, or the customer was registered in the meantime.
        async Task<Change> ResolveAsync(string constraint, CancellationToken token) =>
            constraint == "subscribers_customer"
                ? throw AlreadyRegistered()
                : await database.ReadAsync(
                    async context => RequireSame((await context.FindByRequestAsync(maker.Caller, requestId, token))!, hash).ToChange(),
                    token
                );
    }

    /// <summary>Approves: the change takes effect in this very transaction.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.MakerCannotApprove"/>, <see cref="Fault.ChangeRequestNotPending"/>, or what speaks against the change by now.</exception>
    public async Task<Change> ApproveAsync(ChangeId id, string note, Actor approver, CancellationToken cancellationToken)
    {
        try
        {
            return await DecideAsync(
                id,
                note,
                approver,
                (context, row) =>
                    ApplyAsync(
                        context,
                        row,
                        JsonSerializer.Deserialize<ChangeOperation>(row.Payload, Rows.Json)!,
                        approver,
                        cancellationToken
                    ),
                cancellationToken
            );
        }
        catch (UniqueViolationException e) when (e.Constraint == "subscribers_customer")
        {
            throw AlreadyRegistered();
        }
    }

    /// <summary>Rejects. The maker may withdraw his own this way.</summary>
    public Task<Change> RejectAsync(ChangeId id, string note, Actor approver, CancellationToken cancellationToken) =>
        DecideAsync(
            id,
            note,
            approver,
            async (context, row) =>
            {
                row.State = (int)ChangeState.Rejected;
                await context.SaveChangesAsync(cancellationToken);
                await RecordAsync(context, row, "change.rejected", approver, AuditOutcome.Succeeded, cancellationToken);
            },
            cancellationToken,
            makerMayDecide: true
        );

    private Task<Change> DecideAsync(
        ChangeId id,
        string note,
        Actor approver,
        Func<CaDbContext, ChangeRow, Task> decide,
        CancellationToken cancellationToken,
        bool makerMayDecide = false
    )
    {
        if (note.Length > MaxText)
        {
            throw ServiceException.Invalid("note", $"is longer than {MaxText} characters");
        }

        return database.WriteAsync(
            async context =>
            {
                var row =
                    await context.LockChangeAsync(id.Value, cancellationToken)
                    ?? throw new ServiceException(Fault.ChangeRequestNotFound, "there is no such change");
                approver.Scope.Require(row.Organisations);
                var own = row.Maker == approver.Person;
                if (own && !makerMayDecide)
                {
                    throw new ServiceException(Fault.MakerCannotApprove, "a change is approved by another person than its maker");
                }

                if (row.State != (int)ChangeState.Waiting)
                {
                    // The same decision by the same person again is a repeated call, not an error.
                    return row.Approver == approver.Person && IsRepeated(row, makerMayDecide)
                        ? row.ToChange()
                        : throw new ServiceException(Fault.ChangeRequestNotPending, "the change has been decided");
                }

                row.Approver = own ? null : approver.Person;
                row.DecidedAt = time.GetStoredNow();
                row.DecisionNote = note;
                await decide(context, row);
                return row.ToChange();
            },
            cancellationToken
        );
    }

    private static bool IsRepeated(ChangeRow row, bool rejecting) =>
        row.State == (int)(rejecting ? ChangeState.Rejected : ChangeState.Applied);

    private async Task ApplyAsync(
        CaDbContext context,
        ChangeRow row,
        ChangeOperation operation,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoredNow();
        row.State = (int)ChangeState.Applied;
        row.DecidedAt ??= now;
        await applier.ApplyAsync(context, row, operation, actor, now, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await RecordAsync(context, row, "change.applied", actor, AuditOutcome.Succeeded, cancellationToken);
        row.FeedPosition = await Feeds.TakeAsync(context, Feeds.Changes, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
    }

    private Task RecordAsync(
        CaDbContext context,
        ChangeRow row,
        string action,
        Actor actor,
        AuditOutcome outcome,
        CancellationToken cancellationToken
    ) =>
        audit.AppendAsync(
            context,
            new AuditEvent
            {
                Action = action,
                Caller = actor.Caller,
                OnBehalfOf = actor.Person,
                ObjectType = "change",
                ObjectId = row.Id,
                Outcome = outcome,
                CorrelationId = CorrelationId.Current,
                // A change that concerns no subscriber (a revoked infrastructure certificate) is its own person.
                PersonId = row.SubscriberId ?? row.Id,
                Details = new Dictionary<string, string>
                {
                    ["operation"] = row.Operation,
                    ["maker"] = row.Maker,
                    ["subscriber_id"] = row.SubscriberId ?? "",
                    ["application_id"] = row.ApplicationId ?? "",
                    ["serial_number"] = row.SerialNumber ?? "",
                    ["paper_reference"] = row.PaperReference,
                    ["payload_sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row.Payload))),
                },
                // Free text and the subscriber's data may name people: kept erasable.
                Personal = new Dictionary<string, string>
                {
                    ["reason"] = row.Reason,
                    ["payload"] = row.Payload,
                    ["note"] = row.DecisionNote,
                },
            },
            cancellationToken
        );

    private static string? SubscriberOf(ChangeOperation operation) =>
        operation switch
        {
            UpdateSubscriber update => update.SubscriberId,
            DeleteSubscriber delete => delete.SubscriberId,
            ApplyForCertificate apply => apply.SubscriberId,
            UnlockCredential unlock => unlock.SubscriberId,
            _ => null,
        };

    private static string? SerialOf(ChangeOperation operation) =>
        operation switch
        {
            RevokeCertificate revoke => revoke.SerialNumber,
            HoldCertificate hold => hold.SerialNumber,
            ReinstateCertificate reinstate => reinstate.SerialNumber,
            _ => null,
        };

    private static byte[] HashRequest(ChangeOperation operation, string reason, string paperReference) =>
        SHA256.HashData(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    operation,
                    reason,
                    paperReference,
                },
                Rows.Json
            )
        );

    /// <summary>The organisations of the subscriber as he is, and as he is to be.</summary>
    private static async Task<string[]> NameOrganisationsAsync(
        CaDbContext context,
        ChangeRow row,
        ChangeOperation operation,
        CancellationToken cancellationToken
    )
    {
        var subscriber = row.SubscriberId;
        if (subscriber is null && SerialNumber.TryParse(row.SerialNumber, out var serial))
        {
            subscriber = (await context.FindIssuedAsync(serial, cancellationToken))?.SubscriberId;
        }

        var current = subscriber is null ? null : await context.FindSubscriberAsync(subscriber, cancellationToken);
        var planned = operation switch
        {
            RegisterSubscriber register => register.Data,
            UpdateSubscriber update => update.Data,
            _ => null,
        };
        return [.. (current?.ToData().NameOrganisations() ?? []).Union(planned?.NameOrganisations() ?? [])];
    }

    private static ChangeRow RequireSame(ChangeRow earlier, byte[] hash) =>
        earlier.RequestHash.AsSpan().SequenceEqual(hash)
            ? earlier
            : throw new ServiceException(Fault.RequestIdReused, "the request id was used for another change");

    private static ServiceException AlreadyRegistered() =>
        new(Fault.SubscriberAlreadyRegistered, "a subscriber with this customer number is registered");

    private static void RequireTexts(string requestId, string reason, string paperReference, ChangeOperation operation)
    {
        var wrong = FindWrongTexts(requestId, reason, paperReference).ToList();
        if (wrong.Count > 0)
        {
            // With what is wrong in the data, so that whoever fills in the form again has all of it.
            var data = operation switch
            {
                RegisterSubscriber register => SubscriberDataRules.Find(register.Data),
                UpdateSubscriber update => SubscriberDataRules.Find(update.Data),
                _ => [],
            };
            FieldViolation[] all = [.. wrong.Select(w => w.Violation), .. data];
            throw new ServiceException(wrong[0].Fault, string.Join("; ", all.Select(v => $"{v.Field} {v.Description}")), all);
        }
    }

    private static IEnumerable<(Fault Fault, FieldViolation Violation)> FindWrongTexts(
        string requestId,
        string reason,
        string paperReference
    )
    {
        if (requestId.Length is 0 or > 128)
        {
            yield return (Fault.InvalidArgument, new("request_id", "is missing or longer than 128 characters"));
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            yield return (Fault.ReasonMissing, new("reason", "is missing"));
        }
        else if (reason.Length > MaxText || reason.Contains('\0'))
        {
            yield return (Fault.InvalidArgument, new("reason", $"is longer than {MaxText} characters or has control characters"));
        }

        if (string.IsNullOrWhiteSpace(paperReference))
        {
            yield return (Fault.PaperReferenceMissing, new("paper_reference", "is missing"));
        }
        else if (paperReference.Length > 200 || paperReference.Contains('\0'))
        {
            yield return (Fault.InvalidArgument, new("paper_reference", "is longer than 200 characters or has control characters"));
        }
    }
}
