namespace EContract.Signer.Delivery;

/// <summary>What a one-time password is sent for: the message says it, so that nobody enters a code for something he did not ask for.</summary>
public enum Occasion
{
    Enrollment,
    Signing,
    ChangePin,
    Unlock,
    EnrollTotp,
    OpenSeal,
}
