namespace EContract.Server;

/// <summary>Names of the roles in the configuration.</summary>
internal static class Roles
{
    public const string Ca = "ca";
    public const string Tsa = "tsa";
    public const string Signer = "signer";
    public const string Validation = "validation";

    public static readonly IReadOnlyList<string> All = [Ca, Tsa, Signer, Validation];
}
