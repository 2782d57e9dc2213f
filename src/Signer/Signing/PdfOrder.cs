using EContract.Pdf;
using EContract.Signer.Identities;

namespace EContract.Signer.Signing;

/// <summary>A signature in a document that lies here.</summary>
/// <param name="Version">Refused when the document has moved on; null: the newest.</param>
/// <param name="FieldName">An existing empty field, or the name of a new one; null: a new one.</param>
/// <param name="Placement">Null: invisible.</param>
/// <param name="Image">PNG or JPEG shown beside the text.</param>
public sealed record PdfOrder(
    DocumentId DocumentId,
    int? Version,
    string? FieldName,
    SignaturePlacement? Placement,
    byte[]? Image,
    string Reason,
    string Location,
    CertificationLevel Certification,
    string Role,
    ItemLevel Level,
    bool Pss
) : SigningOrder(Role, Level, Pss);
