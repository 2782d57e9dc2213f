using EContract.Hosting.Errors;
using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Signer.Documents;
using EContract.Validation.Collection;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>The signatures and document time-stamps of a PDF, with everything that the document carries for their validation.</summary>
internal sealed class PdfSignatures
{
    private PdfSignatures(IReadOnlyList<PdfSignature> all, CollectedSource carried, SecurityStoreContent store)
    {
        All = all;
        Carried = carried;
        Store = store;
    }

    /// <summary>In the order of signing.</summary>
    public IReadOnlyList<PdfSignature> All { get; }

    /// <summary>Certificates and revocation data of the security store and of every CMS.</summary>
    public CollectedSource Carried { get; }

    /// <summary>What is in the security store.</summary>
    public SecurityStoreContent Store { get; }

    /// <exception cref="ServiceException">DOCUMENT_MALFORMED, SIGNATURE_MALFORMED and what else keeps a PDF from being read.</exception>
    public static PdfSignatures Read(Stream document) =>
        PdfFaults.Translate(() =>
        {
            var pdf = PdfDocument.Open(document);
            var store = SecurityStore.Read(pdf);
            var carried = new CollectedSource();
            carried.TryAddAll(store.Certificates, store.RevocationLists, store.OcspResponses);
            var all = new List<PdfSignature>();
            foreach (var signature in new SignatureReader(pdf).Signatures)
            {
                var signedData = SignatureTargets.Decode(() => SignedData.Decode(signature.Cms));
                var token = signature.IsTimeStamp ? SignatureTargets.Decode(() => TimeStampToken.Decode(signature.Cms)) : null;
                CmsMaterial.Of(signedData).AddTo(carried);
                all.Add(new PdfSignature(signature, signedData, token));
            }

            return new PdfSignatures(all, carried, store);
        });

    /// <summary>The signatures with these field names; all where none is named.</summary>
    /// <exception cref="ServiceException">SIGNATURE_NOT_FOUND.</exception>
    public IReadOnlyList<PdfSignature> Select(IReadOnlyCollection<string> fields)
    {
        var signatures = All.Where(s => s.Token is null).ToList();
        if (fields.Count == 0)
        {
            return signatures.Count > 0 || All.Count > 0
                ? signatures
                : throw new ServiceException(Fault.SignatureNotFound, "The document holds no signature and no time-stamp.");
        }

        return
        [
            .. fields
                .Distinct(StringComparer.Ordinal)
                .Select(field =>
                    signatures.Find(s => s.Embedded.FieldName == field)
                    ?? throw new ServiceException(Fault.SignatureNotFound, $"The document has no signature in a field named '{field}'.")
                ),
        ];
    }

    /// <summary>The earliest document time-stamp behind a signature; null: none.</summary>
    public DateTimeOffset? ProvenAt(PdfSignature signature) =>
        All.Where(s => s.Token is not null && s.Embedded.ByteRange?.End > signature.Embedded.ByteRange?.End)
            .Min(s => (DateTimeOffset?)s.Token!.TstInfo.GenTime);
}
