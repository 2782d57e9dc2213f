using EContract.Hosting.Errors;
using EContract.Pdf;
using EContract.Signer.Identities;
using EContract.Signer.Signing;
using Wire = EContract.Proto.Signer.V1;

namespace EContract.Signer.Grpc;

/// <summary>What is to be signed, from the wire.</summary>
internal static class Orders
{
    public static IReadOnlyList<SigningOrder> Read(IReadOnlyList<Wire.SignatureItem> items) => [.. items.Select(Read)];

    private static SigningOrder Read(Wire.SignatureItem item, int index) =>
        item.ItemCase switch
        {
            Wire.SignatureItem.ItemOneofCase.Pdf => Read(item.Pdf, $"items[{index}].pdf"),
            Wire.SignatureItem.ItemOneofCase.Digest => Read(item.Digest, $"items[{index}].digest"),
            _ => throw ServiceException.Invalid($"items[{index}]", "A pdf or a digest is needed."),
        };

    private static PdfOrder Read(Wire.PdfSignature pdf, string field) =>
        new(
            Reading.Id<DocumentId>(pdf.DocumentId, $"{field}.document_id"),
            pdf.Version == 0 ? null : pdf.Version,
            pdf.FieldName.Length == 0 ? null : pdf.FieldName,
            Placement(pdf.Placement),
            Image(pdf.Placement),
            pdf.Reason,
            pdf.Location,
            pdf.CertificationPermissions is >= 0 and <= 3
                ? (CertificationLevel)pdf.CertificationPermissions
                : throw ServiceException.Invalid(
                    $"{field}.certification_permissions",
                    "1, 2 or 3 (ISO 32000-2 §12.8.2.2), or 0 for an approval signature."
                ),
            pdf.Role,
            Level(pdf.Level, $"{field}.level"),
            pdf.RsaPss
        );

    public static SignaturePlacement? Placement(Wire.Placement? place) =>
        place is null
            ? null
            : new SignaturePlacement(place.Page == 0 ? -1 : place.Page, new Rectangle(place.X, place.Y, place.Width, place.Height));

    public static byte[]? Image(Wire.Placement? place) => place is { Image.IsEmpty: false } ? place.Image.ToByteArray() : null;

    private static DigestOrder Read(Wire.DigestSignature digest, string field) =>
        new(
            digest.Name,
            Reading.Hash(digest.DigestAlgorithm, $"{field}.digest_algorithm"),
            digest.Digest.ToByteArray(),
            digest switch
            {
                { Content.IsEmpty: true } => null,
                { Format: Wire.SignatureFormat.Cades } => digest.Content.ToByteArray(),
                _ => throw ServiceException.Invalid($"{field}.content", "Only SIGNATURE_FORMAT_CADES carries its content."),
            },
            digest.Format switch
            {
                Wire.SignatureFormat.Raw or Wire.SignatureFormat.RawPss => ItemFormat.Raw,
                Wire.SignatureFormat.Cades => ItemFormat.Cades,
                Wire.SignatureFormat.PadesCms => ItemFormat.PadesCms,
                _ => throw ServiceException.Invalid($"{field}.format", "A signature format is needed."),
            },
            digest.Role,
            RawLevel(digest, $"{field}.level"),
            digest.RsaPss || digest.Format == Wire.SignatureFormat.RawPss
        );

    private static ItemLevel RawLevel(Wire.DigestSignature digest, string field)
    {
        var raw = digest.Format is Wire.SignatureFormat.Raw or Wire.SignatureFormat.RawPss;
        if (raw && digest.Level is not (Wire.SignatureLevel.Unspecified or Wire.SignatureLevel.BB))
        {
            throw ServiceException.Invalid(field, "A bare signature value has no place for a time-stamp.");
        }

        if (raw)
        {
            return ItemLevel.Basic;
        }

        var level = Level(digest.Level, field);
        return digest.Format == Wire.SignatureFormat.PadesCms && level >= ItemLevel.LongTerm
            ? throw new ServiceException(
                Fault.SignatureLevelUnavailable,
                $"{field}: validation data of a PDF lie beside its CMS, in the document; the archive service gives them for a digest."
            )
            : level;
    }

    private static ItemLevel Level(Wire.SignatureLevel level, string field) =>
        level switch
        {
            Wire.SignatureLevel.BB => ItemLevel.Basic,
            // R9: a signature carries a time-stamp unless it is asked otherwise.
            Wire.SignatureLevel.Unspecified or Wire.SignatureLevel.BT => ItemLevel.Timestamped,
            Wire.SignatureLevel.BLt => ItemLevel.LongTerm,
            Wire.SignatureLevel.BLta => ItemLevel.LongTermArchive,
            _ => throw ServiceException.Invalid(field, "This level is not known."),
        };
}
