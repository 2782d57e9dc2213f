namespace EContract.Signer.Identities;

/// <summary>A subscriber's key and its certificate.</summary>
public readonly record struct CredentialId(string Value) : IIdentity<CredentialId>
{
    public static string Prefix => "cred";

    public static CredentialId Named(string value) => new(value);

    public override string ToString() => Value;
}
