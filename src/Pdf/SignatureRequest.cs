using System.Security.Cryptography;
using EContract.Pdf.Appearance;

namespace EContract.Pdf;

/// <summary>What signature a document shall get.</summary>
public sealed record SignatureRequest
{
    /// <summary>Fully qualified name of the field: an existing empty one is filled, otherwise a new one is made. Null: a new one with a fresh name.</summary>
    public string? FieldName { get; init; }

    /// <summary>Where a new field is shown; null for an invisible one. An existing field stays where it is.</summary>
    public SignaturePlacement? Placement { get; init; }

    /// <summary>What is shown; needs a place to be shown at.</summary>
    public SignatureAppearance? Appearance { get; init; }

    /// <summary>What /Contents will hold.</summary>
    public SignatureFormat Format { get; init; } = SignatureFormat.CadesDetached;

    /// <summary>Bytes reserved for the DER of the CMS or token. The rest is filled with zeros.</summary>
    public required int ContentsSize { get; init; }

    /// <summary>Algorithm of <see cref="PreparedPdf.Digest"/>.</summary>
    public HashAlgorithmName DigestAlgorithm { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>Claimed signing time (/M). ETSI EN 319 142-1 §5.3 wants it here and not in the CMS.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Name of the signer (/Name).</summary>
    public string? SignerName { get; init; }

    /// <summary>Reason (/Reason).</summary>
    public string? Reason { get; init; }

    /// <summary>Place (/Location).</summary>
    public string? Location { get; init; }

    /// <summary>How the signer can be reached (/ContactInfo).</summary>
    public string? ContactInfo { get; init; }

    /// <summary>Makes the signature a certification; must be the first signature of the document.</summary>
    public CertificationLevel Certification { get; init; } = CertificationLevel.None;

    /// <summary>Fields that this signature locks, in a new field. A lock that an existing field demands is applied by itself.</summary>
    public FieldLock? Lock { get; init; }

    /// <summary>Validation data that are written in the same update (for a document time-stamp that shall protect them).</summary>
    public SecurityStoreContent? SecurityStore { get; init; }

    /// <summary>Bounds on the document.</summary>
    public PdfLimits Limits { get; init; } = PdfLimits.Default;
}
