namespace EContract.Signer.Identities;

/// <summary>An organisation's opened seal.</summary>
public readonly record struct SealSessionId(string Value) : IIdentity<SealSessionId>
{
    public static string Prefix => "seal";

    public static SealSessionId Named(string value) => new(value);

    public override string ToString() => Value;
}
