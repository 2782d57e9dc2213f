namespace EContract.Ca.Registration;

/// <summary>Revokes the subscriber's certificates; what was registered and issued stays as evidence.</summary>
public sealed record DeleteSubscriber(string SubscriberId) : ChangeOperation
{
    public override string Kind => "delete";
}
