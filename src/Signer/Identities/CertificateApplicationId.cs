namespace EContract.Signer.Identities;

/// <summary>An approved application for a certificate, as the registration authority names it.</summary>
public readonly record struct CertificateApplicationId(string Value) : IIdentity<CertificateApplicationId>
{
    public static string Prefix => "app";

    public static CertificateApplicationId Named(string value) => new(value);

    public override string ToString() => Value;
}
