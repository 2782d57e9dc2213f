namespace EContract.Validation.Policies;

/// <summary>One row of the algorithm policy: "RSA-2048", "P-256", "SHA256" …, reliable until <paramref name="Sunset"/> (exclusive; null: no end known).</summary>
public sealed record AlgorithmConstraint(string Algorithm, DateTimeOffset? Sunset = null);
