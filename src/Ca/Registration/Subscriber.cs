namespace EContract.Ca.Registration;

/// <param name="Etag">Changes with each update; an update that names it fails if another came between.</param>
public sealed record Subscriber(
    SubscriberId Id,
    SubscriberData Data,
    SubscriberState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string Etag
);
