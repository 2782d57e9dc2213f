namespace EContract.Ca.Issuance;

/// <summary>Settings under <c>Ca:Issuance</c>.</summary>
public sealed class IssuanceOptions
{
    /// <summary>A plan this old whose call is not at work any more is finished or voided by the reconciler.</summary>
    public TimeSpan PlanGrace { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A plan older than this is voided: its notBefore lies too far back to be handed out as new.</summary>
    public TimeSpan PlanLifetime { get; set; } = TimeSpan.FromHours(24);
}
