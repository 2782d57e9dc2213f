namespace EContract.Validation.Paths;

/// <summary>Why no path is valid. Ordered: the later a failure in this list, the nearer the path was to validity.</summary>
public enum PathFailure
{
    /// <summary>No chain of names leads to a trust anchor.</summary>
    NoPath,

    /// <summary>A certificate's bytes can't be read.</summary>
    Malformed,

    /// <summary>A signature in the path doesn't verify.</summary>
    BadSignature,

    /// <summary>The algorithm policy refuses an algorithm or key of the path at that time.</summary>
    AlgorithmRefused,

    /// <summary>basicConstraints, keyUsage, path length: a certificate may not stand where it stands.</summary>
    NotAuthorised,

    /// <summary>A name lies outside the name constraints.</summary>
    NameConstraint,

    /// <summary>A critical extension that isn't understood.</summary>
    UnknownCriticalExtension,

    /// <summary>No acceptable set of policies (RFC 5280 §6.1.5 (g)).</summary>
    Policy,

    /// <summary>The time lies before notBefore.</summary>
    NotYetValid,

    /// <summary>The time lies after notAfter.</summary>
    Expired,

    /// <summary>A certificate of the path is revoked or on hold.</summary>
    Revoked,

    /// <summary>Nothing tells whether a certificate of the path is revoked.</summary>
    NoRevocationInformation,

    /// <summary>What tells it is out of date.</summary>
    StaleRevocationInformation,
}
