using EContract.Signer.Activation;
using EContract.Signer.Identities;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>A seal is opened, or waits for its operator's factors.</summary>
/// <param name="Session">Null while the factors are to come.</param>
public sealed record SealOpening(ChallengeId ChallengeId, OtpDelivery? Otp, SealSession? Session);
