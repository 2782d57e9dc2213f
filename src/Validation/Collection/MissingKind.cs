namespace EContract.Validation.Collection;

/// <summary>What is missing.</summary>
public enum MissingKind
{
    /// <summary>No chain of certificates leads to a trust anchor.</summary>
    Chain,

    /// <summary>No usable OCSP response or CRL.</summary>
    Revocation,

    /// <summary>There are data, but all are older than the policy wants.</summary>
    FreshRevocation,
}
