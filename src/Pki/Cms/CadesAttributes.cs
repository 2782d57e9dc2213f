namespace EContract.Pki.Cms;

/// <summary>What a signer states besides the content and his certificate.</summary>
public sealed record CadesAttributes
{
    /// <summary>Nothing but content-type, message-digest and signing-certificate-v2: what PAdES wants.</summary>
    public static readonly CadesAttributes None = new();

    /// <summary>The type of the signed content.</summary>
    public string ContentType { get; init; } = Oids.Data;

    /// <summary>
    /// Claimed signing time. CAdES baseline wants it (ETSI EN 319 122-1 §6.3); PAdES forbids it, for /M says the same
    /// (ETSI EN 319 142-1 §6.3).
    /// </summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>What the signer commits to, such as <see cref="Oids.ProofOfApproval"/>.</summary>
    public string? CommitmentType { get; init; }
}
