namespace EContract.Ca.Registration;

/// <summary>A new subscriber; with a profile also an approved application for a certificate.</summary>
public sealed record RegisterSubscriber(SubscriberData Data, string? Profile) : ChangeOperation
{
    public override string Kind => "register";
}
