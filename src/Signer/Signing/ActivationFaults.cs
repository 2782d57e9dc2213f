using EContract.Hosting.Errors;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>How we say no about activations.</summary>
internal static class ActivationFaults
{
    public static ServiceException NotFound() => new(Fault.ActivationNotFound, "There is no such activation.");

    public static ServiceException DocumentChanged() =>
        new(Fault.DocumentChanged, "Another signing of the same version of a document came first.");

    /// <summary>Why an activation ended without a result.</summary>
    public static ServiceException Burned(ActivationRow activation) =>
        activation.BurnCause switch
        {
            BurnCause.Ambiguous => new ServiceException(
                Fault.ActivationAmbiguous,
                "The server was interrupted while signing; what may have been signed is never released."
            ),
            BurnCause.DocumentChanged => DocumentChanged(),
            BurnCause.OtpAttemptsExhausted => new ServiceException(
                Fault.OtpAttemptsExhausted,
                "The one-time password was entered wrongly too often."
            ),
            var cause => new ServiceException(
                Fault.ActivationBurned,
                "The activation was ended.",
                ("cause", $"{cause}".ToUpperInvariant())
            ),
        };
}
