using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Proofs;
using EContract.Validation.Revocation;

namespace EContract.Validation.Reports;

/// <summary>The verdict on one signature or time-stamp, and what it rests on.</summary>
public sealed record SignatureReport
{
    /// <summary>Its name in this report: "signature-1", "signature-1/time-stamp-1".</summary>
    public required string Id { get; init; }

    public required SignatureRole Role { get; init; }

    public required Conclusion Conclusion { get; init; }

    /// <summary>Who signed; null if that could not be told.</summary>
    public Certificate? SigningCertificate { get; init; }

    /// <summary>From the certificate that the trust anchor issued to the signer's; empty if none leads to an anchor.</summary>
    public IReadOnlyList<Certificate> Chain { get; init; } = [];

    /// <summary>The anchor that the chain ends in; null if there is none or it was not given as a certificate.</summary>
    public Certificate? TrustAnchor { get; init; }

    /// <summary>The revocation data that the verdict rests on.</summary>
    public IReadOnlyList<RevocationEvidence> Revocation { get; init; } = [];

    /// <summary>The time that the signer claims; for a time-stamp its genTime.</summary>
    public DateTimeOffset? ClaimedTime { get; init; }

    /// <summary>The earliest time at which the signature is proven to have existed (best-signature-time).</summary>
    public required ProofOfExistence Proof { get; init; }

    /// <summary>Until when the data at hand prove its certificate valid (control-time); null where that was not needed.</summary>
    public DateTimeOffset? ControlTime { get; init; }

    /// <summary>OID of the signature algorithm.</summary>
    public string? SignatureAlgorithm { get; init; }

    /// <summary>The digest algorithm's name; for a time-stamp that of the message imprint.</summary>
    public string? DigestAlgorithm { get; init; }

    /// <summary>The whole token (ContentInfo); null for a signature.</summary>
    public ReadOnlyMemory<byte>? Token { get; init; }

    /// <summary>The time-stamps that belong to this signature.</summary>
    public IReadOnlyList<SignatureReport> TimeStamps { get; init; } = [];

    /// <summary>Null outside PDF.</summary>
    public PdfSignatureReport? Pdf { get; init; }

    public bool IsTimeStamp => Role != SignatureRole.Signature;
}
