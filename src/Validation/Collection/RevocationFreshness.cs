namespace EContract.Validation.Collection;

/// <summary>What revocation data must tell of, for a signer's certificate.</summary>
public enum RevocationFreshness
{
    /// <summary>The time of the signature lies before the data's nextUpdate, or the data are newer: what RFC 5280 §6.3 wants.</summary>
    AtSignature,

    /// <summary>
    /// The data were made after the signature and a grace period (ETSI EN 319 102-1 §5.2.5, ETSI TS 119 172-1 §A.4.2): a revocation
    /// that the authority was about to publish is seen.
    /// </summary>
    AfterSignature,
}
