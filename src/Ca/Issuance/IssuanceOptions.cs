namespace EContract.Ca.Issuance;

/// <summary>Settings under <c>Ca:Issuance</c>.</summary>
public sealed class IssuanceOptions
{
    /// <summary>A plan this old whose call is not at work any more is finished or voided by the reconciler.</summary>
    public TimeSpan PlanGrace { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A plan older than this is voided: its notBefore lies too far back to be handed out as new.</summary>
    public TimeSpan PlanLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Label of the token key with which Signers vouch for new keys, where CA and Signer share a token.</summary>
    public string EnrollmentKey { get; set; } = "enrollment";

    /// <summary>Where the Signers have a token of their own: PEM files with the public keys of theirs; the CA's token is not asked then.</summary>
    public List<string> EnrollmentPublicKeys { get; set; } = [];
}
