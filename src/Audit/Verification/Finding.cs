namespace EContract.Audit.Verification;

/// <summary>Something that is not as it must be, and where.</summary>
/// <param name="Place">For example <c>chain ca-1, record 17</c> or <c>checkpoint 4</c>.</param>
/// <param name="Problem">In plain words.</param>
public sealed record Finding(string Place, string Problem)
{
    public override string ToString() => $"{Place}: {Problem}";
}
