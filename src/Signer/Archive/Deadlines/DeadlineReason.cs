namespace EContract.Signer.Archive.Deadlines;

/// <summary>Why a document's protection ends.</summary>
public enum DeadlineReason
{
    /// <summary>The certificate of the time-stamp unit that protects it ends, or one above it: later its revocation can't be told any more.</summary>
    TimestampCertificate,

    /// <summary>No archive time-stamp protects it, and a signer's certificate ends.</summary>
    SignerCertificate,

    /// <summary>An algorithm of the protecting time-stamp or signature loses its strength by the policy (R11).</summary>
    Algorithm,

    /// <summary>A certificate that protects it is revoked.</summary>
    Revocation,
}
