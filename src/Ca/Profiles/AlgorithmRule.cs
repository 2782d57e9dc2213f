namespace EContract.Ca.Profiles;

/// <summary>One row of the algorithm policy (R11): "RSA-2048", "P-256", "SHA256" …, allowed until <paramref name="Sunset"/> (exclusive; null: no end known).</summary>
public sealed record AlgorithmRule(string Algorithm, DateTimeOffset? Sunset = null);
