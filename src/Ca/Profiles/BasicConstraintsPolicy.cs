namespace EContract.Ca.Profiles;

/// <summary>RFC 5280 §4.2.1.9.</summary>
public sealed record BasicConstraintsPolicy(bool Ca, int? PathLength = null);
