namespace EContract.Validation.Policies;

/// <summary>What a trust anchor is trusted for. Revocation data are judged with the chain whose certificates they speak of.</summary>
[Flags]
public enum AnchorPurpose
{
    Signing = 1,
    TimeStamping = 2,
    All = Signing | TimeStamping,
}
