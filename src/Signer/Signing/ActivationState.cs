namespace EContract.Signer.Signing;

/// <summary>docs/signing-cycle.md. It only goes forward.</summary>
public enum ActivationState
{
    /// <summary>Waits for one-time password and PIN.</summary>
    Authorised,

    /// <summary>The factors were right; a completion signs, or was cut off.</summary>
    Reserved,

    /// <summary>Signed, and the results are stored.</summary>
    Consumed,

    /// <summary>Ended without a result: cancelled, revoked, locked, out of attempts, overtaken, cut off while signing.</summary>
    Burned,
}
