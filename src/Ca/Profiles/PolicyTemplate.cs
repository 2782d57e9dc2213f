namespace EContract.Ca.Profiles;

/// <summary>A certificate policy; <paramref name="Cps"/> may hold <c>{base_url}</c>.</summary>
public sealed record PolicyTemplate(string Oid, string? Cps = null);
