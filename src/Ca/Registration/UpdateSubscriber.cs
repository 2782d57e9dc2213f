namespace EContract.Ca.Registration;

/// <summary>New data. If a certificate says the old data, it is revoked and a new application is approved (R13).</summary>
public sealed record UpdateSubscriber(string SubscriberId, SubscriberData Data, string Etag) : ChangeOperation
{
    public override string Kind => "update";
}
