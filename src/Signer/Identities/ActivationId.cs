namespace EContract.Signer.Identities;

/// <summary>One consent: the digests that a one-time password and a PIN authorise.</summary>
public readonly record struct ActivationId(string Value) : IIdentity<ActivationId>
{
    public static string Prefix => "act";

    public static ActivationId Named(string value) => new(value);

    public override string ToString() => Value;
}
