using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Pdf;
using EContract.Pdf.Appearance;
using EContract.Pki.Cms;
using EContract.Signer.Documents;
using EContract.Signer.Store;

namespace EContract.Signer.Signing;

/// <summary>The PDF around a signature: what is appended to the document, and where the CMS goes in it.</summary>
internal sealed class PdfItems(DocumentStore documents, SignatureFonts fonts)
{
    /// <summary>What is shown is read in Japan.</summary>
    private static readonly TimeSpan Japan = TimeSpan.FromHours(9);

    /// <summary>Builds the update; its digest is what the subscriber consents to.</summary>
    /// <param name="tokenSize">Room for a time-stamp, in bytes; 0 for none.</param>
    /// <param name="time">/M and what is shown.</param>
    public async Task<PreparedPdf> PrepareAsync(
        StoredDocument document,
        PdfOrder order,
        Credential credential,
        CadesSigner signer,
        int tokenSize,
        DateTimeOffset time,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await documents.OpenAsync(document, cancellationToken);
        var local = time.ToOffset(Japan);
        return PdfFaults.Translate(() =>
        {
            var request = new SignatureRequest
            {
                FieldName = order.FieldName,
                Placement = order.Placement,
                Appearance = order.Placement is null && order.FieldName is null ? null : Appearance(order, credential, local),
                ContentsSize = signer.MaxSize(CadesAttributes.None, tokenSize),
                DigestAlgorithm = signer.Hash,
                Time = local,
                SignerName = credential.Name,
                Reason = NullIfEmpty(order.Reason),
                Location = NullIfEmpty(order.Location),
                Certification = order.Certification,
            };
            return PdfSigning.Prepare(new PrefixStream(copy, document.Size), request, cancellationToken);
        });
    }

    /// <summary>The update with the CMS in its place.</summary>
    public static byte[] Place(ActivationItem item, byte[] cms) =>
        PdfFaults.Translate(() => PreparedPdf.Deserialize(item.Update).Fill(cms));

    private SignatureAppearance Appearance(PdfOrder order, Credential credential, DateTimeOffset time)
    {
        if (fonts.All.Count == 0)
        {
            throw new ServiceException(Fault.AppearanceInvalid, "This server has no font for visible signatures.");
        }

        var appearance = SignatureAppearance.ForSigner(
            credential.Name,
            NullIfEmpty(order.Role),
            NullIfEmpty(order.Reason),
            time,
            fonts.All
        );
        return order.Image is { } image ? appearance with { Image = AppearanceImage.Read(image) } : appearance;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
