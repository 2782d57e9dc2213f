namespace EContract.Signer.Identities;

/// <summary>A subscriber, as the registration authority names him.</summary>
public readonly record struct SubscriberId(string Value) : IIdentity<SubscriberId>
{
    public static string Prefix => "sub";

    public static SubscriberId Named(string value) => new(value);

    public override string ToString() => Value;
}
