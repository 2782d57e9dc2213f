namespace EContract.Validation.Policies;

/// <summary>How long revocation data speak for the past (docs/adr/0080).</summary>
public enum PastStatus
{
    /// <summary>Until they were no longer fresh: whoever validated then accepted them, and the same verdict holds later.</summary>
    WhileFresh,

    /// <summary>Until they were issued: what ETSI EN 319 102-1 §5.6.2.2 says to the letter.</summary>
    AtIssuance,
}
