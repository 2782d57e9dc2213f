using EContract.Pdf.Reading;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>A signature or document time-stamp of a PDF with its CMS read.</summary>
/// <param name="Token">Of a document time-stamp; null for a signature.</param>
internal sealed record PdfSignature(EmbeddedSignature Embedded, SignedData SignedData, TimeStampToken? Token)
{
    public bool HasSignatureTimeStamp =>
        SignedData.SignerInfos.Any(signer => signer.UnsignedAttributes.Any(a => a.Oid == Oids.SignatureTimeStampToken));
}
