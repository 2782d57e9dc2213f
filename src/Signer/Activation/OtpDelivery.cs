namespace EContract.Signer.Activation;

/// <summary>What the caller may know of a one-time password.</summary>
/// <param name="MaskedDestination">Empty for an authenticator.</param>
/// <param name="ExpiresAt">Null for an authenticator.</param>
public sealed record OtpDelivery(OtpMethod Method, string MaskedDestination, DateTimeOffset? ExpiresAt);
