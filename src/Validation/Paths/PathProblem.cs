namespace EContract.Validation.Paths;

/// <summary>What is wrong with a path, and where.</summary>
/// <param name="Failure">The kind of failure.</param>
/// <param name="Clause">The clause that it breaks.</param>
/// <param name="Detail">In words.</param>
/// <param name="Position">The certificate's place: 1 for the one that the trust anchor issued; 0 when it isn't one certificate.</param>
public sealed record PathProblem(PathFailure Failure, string Clause, string Detail, int Position = 0)
{
    /// <summary>When the certificate was revoked, for <see cref="PathFailure.Revoked"/>.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When what tells it was issued, for <see cref="PathFailure.Revoked"/>.</summary>
    public DateTimeOffset? KnownAt { get; init; }

    /// <summary>Whether the certificate is only on hold, for <see cref="PathFailure.Revoked"/>.</summary>
    public bool IsHold { get; init; }
}
