namespace EContract.Signer.Identities;

/// <summary>An approved application for a certificate, as the registration authority names it.</summary>
public readonly record struct ApplicationId(string Value) : IIdentity<ApplicationId>
{
    public static string Prefix => "app";

    public static ApplicationId Of(string value) => new(value);

    public override string ToString() => Value;
}
