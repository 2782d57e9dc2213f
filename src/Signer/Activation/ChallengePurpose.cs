namespace EContract.Signer.Activation;

/// <summary>What a challenge's one-time password is good for; it is good for nothing else.</summary>
public enum ChallengePurpose
{
    ChangePin,
    Unlock,
    EnrollTotp,
    OpenSeal,
}
