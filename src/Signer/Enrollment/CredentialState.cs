namespace EContract.Signer.Enrollment;

/// <summary>
/// A credential's life. A hold of its certificate (<c>certificateHold</c>) is kept beside it: it suspends every state and ends
/// without changing it.
/// </summary>
public enum CredentialState
{
    /// <summary>Key made and wrapped, certificate not there yet.</summary>
    Pending,

    /// <summary>Certificate issued, not accepted: signs nothing (R4).</summary>
    Issued,

    Active,

    /// <summary>Too many wrong attempts, or reported lost (R7).</summary>
    Locked,

    /// <summary>The RA approved the unlock; the subscriber has not confirmed.</summary>
    Unlocking,

    /// <summary>For good.</summary>
    Revoked,
}
