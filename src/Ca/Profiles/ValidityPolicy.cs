namespace EContract.Ca.Profiles;

/// <summary>How long certificates run. They never outlive their issuer nor, with <see cref="AlgorithmPolicy"/>, their key's algorithm.</summary>
/// <param name="Days">Length.</param>
/// <param name="BackdateMinutes">notBefore lies so far in the past, for clocks that run late.</param>
public sealed record ValidityPolicy(int Days, int BackdateMinutes = 0);
