namespace EContract.Ca.Store;

/// <summary>A planned or issued certificate with its status. Never deleted: OCSP, CRLs and courts ask for it.</summary>
public sealed class CertificateRow
{
    public required string Authority { get; init; }

    /// <summary>Content octets of the serial number.</summary>
    public required byte[] Serial { get; init; }

    public CertificateState State { get; set; }

    public required string Profile { get; init; }

    public string? SubscriberId { get; init; }

    public string? ApplicationId { get; init; }

    /// <summary>The caller's request id: the same id gives the same certificate again.</summary>
    public string? RequestId { get; init; }

    /// <summary>RFC 4514.</summary>
    public required string Subject { get; init; }

    public DateTimeOffset NotBefore { get; init; }

    public DateTimeOffset NotAfter { get; init; }

    /// <summary>The part of the sharded CRL that lists it; fixed at issuance, as its distribution point names it.</summary>
    public int Shard { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo: a key is certified for one application only.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>The TBSCertificate, stored before it is signed.</summary>
    public required byte[] Plan { get; init; }

    /// <summary>The certificate, once signed.</summary>
    public byte[]? Certificate { get; set; }

    public CertificateStatus Status { get; set; } = CertificateStatus.Good;

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>CRLReason (RFC 5280 §5.3.1).</summary>
    public int? Reason { get; set; }

    public DateTimeOffset? InvalidityDate { get; set; }

    public DateTimeOffset PlannedAt { get; init; }

    public DateTimeOffset? IssuedAt { get; set; }

    /// <summary>Why a plan was voided.</summary>
    public string? VoidReason { get; set; }
}
