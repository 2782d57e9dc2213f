using EContract.Hsm.Keys;
using EContract.Signer.Activation;
using EContract.Signer.Delivery;
using EContract.Signer.Enrollment;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = EContract.Proto.Signer.V1;

namespace EContract.Signer.Grpc;

/// <summary>Answers on the wire.</summary>
internal static class Writing
{
    public static Wire.OtpDelivery ToWire(this OtpDelivery delivery) =>
        new()
        {
            Method = delivery.Method.ToWire(),
            MaskedDestination = delivery.MaskedDestination,
            ExpireTime = delivery.ExpiresAt?.ToTimestamp(),
        };

    public static Wire.Credential ToWire(this Credential credential, int allowedAttempts)
    {
        var wire = new Wire.Credential
        {
            CredentialId = credential.Id.Value,
            SubscriberId = credential.SubscriberId.Value,
            ApplicationId = credential.ApplicationId.Value,
            State = State(credential),
            KeyAlgorithm = Name(credential.KeyAlgorithm),
            SerialNumber = credential.SerialNumber ?? "",
            Certificate = ByteString.CopyFrom(credential.Certificate ?? []),
            FailedAttempts = credential.FailedAttempts,
            AllowedAttempts = allowedAttempts,
            OtpMethod = credential.OtpMethod.ToWire(),
            CreateTime = credential.CreatedAt.ToTimestamp(),
            AcceptTime = credential.AcceptedAt?.ToTimestamp(),
            Subject = credential.Subject ?? "",
        };
        wire.Chain.AddRange(credential.Chain.Select(c => ByteString.CopyFrom(c)));
        return wire;
    }

    public static Wire.PreparedItem ToWire(this ActivationItem item) =>
        new()
        {
            Name = item.Name,
            DtbsDigest = ByteString.CopyFrom(item.DtbsDigest),
            DigestAlgorithm = item.Hash,
            ContentDigest = ByteString.CopyFrom(item.ContentDigest),
            ShortDigest = MessageTemplates.ShortDigest(item.ContentDigest),
            DocumentId = item.DocumentId?.Value ?? "",
            FieldName = item.FieldName ?? "",
        };

    public static Wire.SignedItem ToSignedWire(this ActivationItem item) =>
        new()
        {
            Name = item.Name,
            Signature = ByteString.CopyFrom(item.Result ?? []),
            DocumentId = item.DocumentId?.Value ?? "",
            Version = item.ResultVersion ?? 0,
            DocumentDigest = ByteString.CopyFrom(item.ResultDigest ?? []),
        };

    public static Wire.SignedItem ToWire(this SealedItem item) =>
        new()
        {
            Name = item.Name,
            // Nobody changes the array any more: it goes out as it is.
            Signature = UnsafeByteOperations.UnsafeWrap(item.Signature),
            DocumentId = item.DocumentId?.Value ?? "",
            Version = item.Version,
            DocumentDigest = UnsafeByteOperations.UnsafeWrap(item.DocumentDigest),
        };

    public static Wire.ActivationState ToWire(this ActivationRow activation, DateTimeOffset now) =>
        activation.State switch
        {
            ActivationState.Authorised when activation.ExpiresAt <= now => Wire.ActivationState.Expired,
            ActivationState.Authorised => Wire.ActivationState.Authorised,
            ActivationState.Reserved => Wire.ActivationState.Reserved,
            ActivationState.Consumed => Wire.ActivationState.Consumed,
            _ => Wire.ActivationState.Burned,
        };

    private static Wire.OtpMethod ToWire(this OtpMethod method) =>
        method switch
        {
            OtpMethod.Email => Wire.OtpMethod.Email,
            OtpMethod.Sms => Wire.OtpMethod.Sms,
            _ => Wire.OtpMethod.Totp,
        };

    private static Wire.CredentialState State(Credential credential) =>
        credential switch
        {
            { State: CredentialState.Revoked } => Wire.CredentialState.Revoked,
            { OnHold: true } => Wire.CredentialState.Suspended,
            { State: CredentialState.Pending } => Wire.CredentialState.Pending,
            { State: CredentialState.Issued } => Wire.CredentialState.Issued,
            { State: CredentialState.Active } => Wire.CredentialState.Active,
            { State: CredentialState.Locked } => Wire.CredentialState.Locked,
            _ => Wire.CredentialState.Unlocking,
        };

    private static string Name(KeyAlgorithm algorithm) =>
        algorithm switch
        {
            KeyAlgorithm.Rsa2048 => "RSA_2048",
            KeyAlgorithm.Rsa3072 => "RSA_3072",
            KeyAlgorithm.Rsa4096 => "RSA_4096",
            KeyAlgorithm.EcdsaP256 => "EC_P256",
            _ => "EC_P384",
        };
}
