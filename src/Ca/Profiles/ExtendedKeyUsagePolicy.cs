namespace EContract.Ca.Profiles;

/// <summary>RFC 5280 §4.2.1.12; purposes as dotted OIDs.</summary>
public sealed record ExtendedKeyUsagePolicy(IReadOnlyList<string> Purposes, bool Critical = false);
