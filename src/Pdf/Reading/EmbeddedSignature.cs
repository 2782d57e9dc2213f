using EContract.Pdf.Syntax;

namespace EContract.Pdf.Reading;

/// <summary>A signature or document time-stamp as it is in a document. What its CMS says is not looked at here.</summary>
public sealed record EmbeddedSignature
{
    /// <summary>Fully qualified name of its field.</summary>
    public required string FieldName { get; init; }

    /// <summary>/SubFilter, such as ETSI.CAdES.detached; null where missing.</summary>
    public required string? SubFilter { get; init; }

    /// <summary>Whether it is a document time-stamp (ISO 32000-2 §12.8.5).</summary>
    public bool IsTimeStamp => SubFilter == "ETSI.RFC3161";

    /// <summary>The signature dictionary's object, where it is indirect.</summary>
    public required PdfReference? Reference { get; init; }

    /// <summary>The signature dictionary.</summary>
    public required PdfDictionary Dictionary { get; init; }

    /// <summary>What it claims to cover; null where /ByteRange is missing or no such array.</summary>
    public required ByteRange? ByteRange { get; init; }

    /// <summary>What it covers in truth.</summary>
    public required SignatureCoverage Coverage { get; init; }

    /// <summary>Why the coverage is unsound or partial, for people; null otherwise.</summary>
    public required string? CoverageDefect { get; init; }

    /// <summary>Index into <see cref="SignatureReader.Revisions"/> of the revision whose end it covers; null where it covers none.</summary>
    public required int? Revision { get; init; }

    /// <summary>The value of /Contents with the zeros behind the DER.</summary>
    public required ReadOnlyMemory<byte> Contents { get; init; }

    /// <summary>The CMS or token: the first DER or BER value in <see cref="Contents"/>; empty where there is none.</summary>
    public required ReadOnlyMemory<byte> Cms { get; init; }

    /// <summary>What it certifies (DocMDP).</summary>
    public required CertificationLevel Certification { get; init; }

    /// <summary>What it locks (FieldMDP).</summary>
    public required IReadOnlyList<FieldLock> Locks { get; init; }

    /// <summary>Claimed time (/M); null where missing or unreadable.</summary>
    public required DateTimeOffset? Time { get; init; }

    /// <summary>Claimed name (/Name).</summary>
    public required string? SignerName { get; init; }

    /// <summary>Claimed reason (/Reason).</summary>
    public required string? Reason { get; init; }

    /// <summary>Claimed place (/Location).</summary>
    public required string? Location { get; init; }
}
