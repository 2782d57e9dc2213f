using EContract.Ca.Registration;
using EContract.Ca.Revocation;
using EContract.Hosting.Errors;
using Google.Protobuf.WellKnownTypes;
using ApplicationId = EContract.Ca.Registration.ApplicationId;
using Wire = EContract.Proto.Ra.V1;

namespace EContract.Ca.Grpc;

/// <summary>Between the RA's own types and the messages of econtract.ra.v1.</summary>
internal static class RegistrationMessages
{
    public static SubscriberId ToSubscriberId(string text) =>
        SubscriberId.TryParse(text, out var id) ? id.Value : throw ServiceException.Invalid("subscriber_id", "is not a subscriber's id");

    public static ApplicationId ToApplicationId(string text) =>
        ApplicationId.TryParse(text, out var id)
            ? id.Value
            : throw ServiceException.Invalid("application_id", "is not an application's id");

    public static ChangeId ToChangeId(string text) =>
        ChangeId.TryParse(text, out var id) ? id.Value : throw ServiceException.Invalid("change_id", "is not a change's id");

    public static SubscriberState? ToState(Wire.SubscriberState state) =>
        state == Wire.SubscriberState.Unspecified ? null : (SubscriberState)state;

    public static ChangeState? ToState(Wire.ChangeState state) => state == Wire.ChangeState.Unspecified ? null : (ChangeState)state;

    public static ApplicationState? ToState(Wire.ApplicationState state) =>
        state == Wire.ApplicationState.Unspecified ? null : (ApplicationState)state;

    public static ChangeOperation ToOperation(Wire.ChangeOperation? operation) =>
        operation?.OperationCase switch
        {
            Wire.ChangeOperation.OperationOneofCase.Register => new RegisterSubscriber(
                ToData(operation.Register.Data),
                NullIfEmpty(operation.Register.CertificateProfile)
            ),
            Wire.ChangeOperation.OperationOneofCase.Update => new UpdateSubscriber(
                operation.Update.SubscriberId,
                ToData(operation.Update.Data),
                operation.Update.Etag
            ),
            Wire.ChangeOperation.OperationOneofCase.Delete => new DeleteSubscriber(operation.Delete.SubscriberId),
            Wire.ChangeOperation.OperationOneofCase.Apply => new ApplyForCertificate(
                operation.Apply.SubscriberId,
                operation.Apply.CertificateProfile,
                NullIfEmpty(operation.Apply.ReplacesSerialNumber)
            ),
            Wire.ChangeOperation.OperationOneofCase.Revoke => new RevokeCertificate(
                operation.Revoke.SerialNumber,
                CertificateRevoker.ParseReason(operation.Revoke.Reason),
                operation.Revoke.InvalidityDate?.ToDateTimeOffset()
            ),
            Wire.ChangeOperation.OperationOneofCase.Hold => new HoldCertificate(operation.Hold.SerialNumber),
            Wire.ChangeOperation.OperationOneofCase.Reinstate => new ReinstateCertificate(operation.Reinstate.SerialNumber),
            Wire.ChangeOperation.OperationOneofCase.Unlock => new UnlockCredential(
                operation.Unlock.CredentialId,
                operation.Unlock.SubscriberId
            ),
            _ => throw ServiceException.Invalid("operation", "is missing"),
        };

    public static Wire.ChangeOperation ToMessage(ChangeOperation operation) =>
        operation switch
        {
            RegisterSubscriber register => new()
            {
                Register = new() { Data = ToMessage(register.Data), CertificateProfile = register.Profile ?? "" },
            },
            UpdateSubscriber update => new()
            {
                Update = new()
                {
                    SubscriberId = update.SubscriberId,
                    Data = ToMessage(update.Data),
                    Etag = update.Etag,
                },
            },
            DeleteSubscriber delete => new() { Delete = new() { SubscriberId = delete.SubscriberId } },
            ApplyForCertificate apply => new()
            {
                Apply = new()
                {
                    SubscriberId = apply.SubscriberId,
                    CertificateProfile = apply.Profile,
                    ReplacesSerialNumber = apply.ReplacesSerialNumber ?? "",
                },
            },
            RevokeCertificate revoke => new()
            {
                Revoke = new()
                {
                    SerialNumber = revoke.SerialNumber,
                    Reason = CertificateRevoker.NameOf(revoke.Reason),
                    InvalidityDate = revoke.InvalidityDate?.ToTimestamp(),
                },
            },
            HoldCertificate hold => new() { Hold = new() { SerialNumber = hold.SerialNumber } },
            ReinstateCertificate reinstate => new() { Reinstate = new() { SerialNumber = reinstate.SerialNumber } },
            UnlockCredential unlock => new()
            {
                Unlock = new() { CredentialId = unlock.CredentialId, SubscriberId = unlock.SubscriberId },
            },
            _ => throw new InvalidOperationException($"unknown operation {operation.Kind}"),
        };

    public static Wire.Change ToMessage(Change change) =>
        new()
        {
            ChangeId = change.Id.Value,
            Operation = ToMessage(change.Operation),
            State = (Wire.ChangeState)change.State,
            Reason = change.Reason,
            PaperReference = change.PaperReference,
            Maker = change.Maker,
            Approver = change.Approver ?? "",
            SubmitTime = change.SubmittedAt.ToTimestamp(),
            DecideTime = change.DecidedAt?.ToTimestamp(),
            DecisionNote = change.DecisionNote,
            SubscriberId = change.SubscriberId ?? "",
            ApplicationId = change.ApplicationId ?? "",
            SerialNumber = change.SerialNumber ?? "",
        };

    public static Wire.Subscriber ToMessage(Subscriber subscriber) =>
        new()
        {
            SubscriberId = subscriber.Id.Value,
            Data = ToMessage(subscriber.Data),
            State = (Wire.SubscriberState)subscriber.State,
            CreateTime = subscriber.CreatedAt.ToTimestamp(),
            UpdateTime = subscriber.UpdatedAt.ToTimestamp(),
            Etag = subscriber.Etag,
        };

    public static Wire.Application ToMessage(Application application) =>
        new()
        {
            ApplicationId = application.Id.Value,
            SubscriberId = application.SubscriberId.Value,
            CertificateProfile = application.Profile,
            State = (Wire.ApplicationState)application.State,
            Subject = ToMessage(application.Subject),
            ReplacesSerialNumber = application.ReplacesSerialNumber ?? "",
            SerialNumber = application.SerialNumber ?? "",
            ApproveTime = application.ApprovedAt.ToTimestamp(),
            ExpireTime = application.ExpiresAt.ToTimestamp(),
        };

    private static SubscriberData ToData(Wire.SubscriberData? data)
    {
        data ??= new();
        return new(
            (SubscriberKind)data.Kind,
            data.Name,
            data.Kana,
            data.RomanisedName,
            data.Email,
            data.Mobile,
            data.Organisation is { } o ? new(o.Name, o.RomanisedName, o.CorporateNumber, o.Department, o.Role) : null,
            data.CustomerNumber
        );
    }

    private static Wire.SubscriberData ToMessage(SubscriberData data) =>
        new()
        {
            Kind = (Wire.SubscriberKind)data.Kind,
            Name = data.Name,
            Kana = data.Kana,
            RomanisedName = data.RomanisedName,
            Email = data.Email,
            Mobile = data.Mobile,
            CustomerNumber = data.CustomerNumber,
            Organisation = data.Organisation is { } o
                ? new()
                {
                    Name = o.Name,
                    RomanisedName = o.RomanisedName,
                    CorporateNumber = o.CorporateNumber,
                    Department = o.Department,
                    Role = o.Role,
                }
                : null,
        };

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
