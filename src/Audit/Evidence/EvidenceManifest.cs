namespace EContract.Audit.Evidence;

/// <summary><c>manifest.json</c> of an evidence bundle: which file is what, and the proofs.</summary>
public sealed record EvidenceManifest
{
    public const string FormatName = "econtract-evidence/1";

    public required string Format { get; init; }

    public required string ObjectType { get; init; }

    public required string ObjectId { get; init; }

    public required DateTimeOffset ExportedAt { get; init; }

    /// <summary>File of the checkpoint (CMS).</summary>
    public required string Checkpoint { get; init; }

    public required IReadOnlyList<EvidenceRecord> Records { get; init; }
}

/// <summary>One record of a bundle.</summary>
public sealed record EvidenceRecord
{
    /// <summary>File of the DER AuditEvent.</summary>
    public required string Event { get; init; }

    /// <summary>File of the DER AuditRecord.</summary>
    public required string Record { get; init; }

    public required long LeafIndex { get; init; }

    /// <summary>RFC 9162 §2.1.3, in Base64.</summary>
    public required IReadOnlyList<byte[]> InclusionProof { get; init; }

    public required IReadOnlyList<EvidenceAttachment> Attachments { get; init; }

    /// <summary>Opened personal data; without those that were erased or are not to be shown.</summary>
    public required IReadOnlyList<EvidencePersonal> Personal { get; init; }
}

/// <summary>A file that a record refers to by its SHA-256.</summary>
public sealed record EvidenceAttachment(string Name, string MediaType, string File);

/// <summary>A personal datum with the salt that opens its commitment.</summary>
public sealed record EvidencePersonal(string Name, byte[] Salt, string Value);
