namespace EContract.Validation.Conclusions;

/// <summary>What a building block or a process concludes, and what it found on the way.</summary>
/// <param name="Indication">PASSED, INDETERMINATE or FAILED.</param>
/// <param name="SubIndication">Why it did not pass; null if it did.</param>
/// <param name="Findings">The reasons, the gravest first, then remarks that change nothing.</param>
public sealed record Conclusion(Indication Indication, SubIndication? SubIndication, IReadOnlyList<Finding> Findings)
{
    public static Conclusion Passed { get; } = new(Indication.Passed, null, []);

    public bool IsPassed => Indication == Indication.Passed;

    /// <summary>Whether proofs of existence could still change the conclusion (ETSI EN 319 102-1 §5.5.4, §5.6.3.4).</summary>
    public bool AwaitsProof =>
        SubIndication
            is Conclusions.SubIndication.RevokedNoPoe
                or Conclusions.SubIndication.RevokedCaNoPoe
                or Conclusions.SubIndication.OutOfBoundsNoPoe
                or Conclusions.SubIndication.OutOfBoundsNotRevoked
                or Conclusions.SubIndication.CryptoConstraintsFailureNoPoe
                or Conclusions.SubIndication.NoPoe
                or Conclusions.SubIndication.TryLater;

    public static Conclusion Failed(SubIndication reason, FindingCode code, string clause, string detail) =>
        new(Indication.Failed, reason, [new Finding(code, clause, detail)]);

    public static Conclusion Indeterminate(SubIndication reason, FindingCode code, string clause, string detail) =>
        new(Indication.Indeterminate, reason, [new Finding(code, clause, detail)]);

    /// <summary>The same conclusion with further remarks.</summary>
    public Conclusion With(IEnumerable<Finding> remarks) => this with { Findings = [.. Findings, .. remarks] };

    /// <summary>The worse of both; the first where both are as bad.</summary>
    public static Conclusion Worse(Conclusion first, Conclusion second) => second.Indication > first.Indication ? second : first;

    public override string ToString() =>
        SubIndication is { } reason ? $"{StandardNames.Of(Indication)}/{StandardNames.Of(reason)}" : StandardNames.Of(Indication);
}
