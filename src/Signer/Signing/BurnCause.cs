namespace EContract.Signer.Signing;

/// <summary>Why an activation ended without a result.</summary>
public enum BurnCause
{
    Cancelled,
    Revoked,
    Locked,
    OtpAttemptsExhausted,

    /// <summary>Another signing of the same version of a document was completed first.</summary>
    DocumentChanged,

    /// <summary>Cut off between reservation and the recording of signatures.</summary>
    Ambiguous,
}
