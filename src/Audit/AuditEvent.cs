using System.Collections.Frozen;

namespace EContract.Audit;

/// <summary>
/// Who did what to what, and how it ended. Goes into the chain for good: no secret, and no personal data except in
/// <see cref="Personal"/>, of which the chain keeps only salted commitments.
/// </summary>
public sealed record AuditEvent
{
    private static readonly FrozenDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    /// <summary>What was done, <c>noun.verb</c> in the past tense, for example <c>certificate.issued</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Name of the calling client (its certificate), or of the service's own job.</summary>
    public required string Caller { get; init; }

    /// <summary>For whom the caller acts: operator or subscriber id (never a name).</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>Kind of the object, for example <c>certificate</c>, <c>activation</c>.</summary>
    public required string ObjectType { get; init; }

    /// <summary>Identity of the object within its kind.</summary>
    public required string ObjectId { get; init; }

    public required AuditOutcome Outcome { get; init; }

    /// <summary>Ties together all records and log lines of one call.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>Facts: digests, serials, policy versions, reasons. Names in snake_case; <c>personal.</c> and <c>attachment.</c> are reserved.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = None;

    /// <summary>Person whose data <see cref="Personal"/> and erasable attachments are (subscriber id), for later erasure.</summary>
    public string? PersonId { get; init; }

    /// <summary>Personal data (name, address …): kept apart, referenced from the chain by a salted hash, erasable.</summary>
    public IReadOnlyDictionary<string, string> Personal { get; init; } = None;

    /// <summary>Evidence in bytes (certificate, signature, time-stamp …): kept beside the chain, bound to it by SHA-256.</summary>
    public IReadOnlyList<AuditAttachment> Attachments { get; init; } = [];
}
