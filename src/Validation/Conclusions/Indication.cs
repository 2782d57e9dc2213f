namespace EContract.Validation.Conclusions;

/// <summary>The status of a validation (ETSI EN 319 102-1 §5.1.3). Ordered: the later, the worse.</summary>
public enum Indication
{
    /// <summary>PASSED; for a whole signature TOTAL-PASSED.</summary>
    Passed,

    /// <summary>What is at hand proves neither validity nor invalidity.</summary>
    Indeterminate,

    /// <summary>FAILED; for a whole signature TOTAL-FAILED.</summary>
    Failed,
}
