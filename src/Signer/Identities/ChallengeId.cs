namespace EContract.Signer.Identities;

/// <summary>A one-time password for something other than signing: a new PIN, an unlock, an authenticator, a seal session.</summary>
public readonly record struct ChallengeId(string Value) : IIdentity<ChallengeId>
{
    public static string Prefix => "chl";

    public static ChallengeId Named(string value) => new(value);

    public override string ToString() => Value;
}
