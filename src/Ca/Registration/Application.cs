namespace EContract.Ca.Registration;

/// <summary>An approved application: the right to one certificate under one profile, with these data.</summary>
public sealed record Application(
    ApplicationId Id,
    SubscriberId SubscriberId,
    string Profile,
    ApplicationState State,
    SubscriberData Subject,
    string? ReplacesSerialNumber,
    string? SerialNumber,
    DateTimeOffset ApprovedAt,
    DateTimeOffset ExpiresAt
);
