using System.Security.Cryptography;
using EContract.Pdf.Filters;
using EContract.Pdf.Forms;
using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>
/// The document security store: validation data that keep signatures verifiable (ISO 32000-2 §12.8.4.3). What is there already is kept and not written again.
/// </summary>
public static class SecurityStore
{
    /// <summary>The bytes to append to the document so that its store holds the data.</summary>
    /// <param name="original">the document, seekable</param>
    /// <param name="content">what to add</param>
    /// <param name="limits">bounds on the document</param>
    /// <exception cref="MalformedException">the document is no readable PDF</exception>
    /// <exception cref="PdfRefusedException">the document is encrypted or damaged</exception>
    public static byte[] Update(Stream original, SecurityStoreContent content, PdfLimits? limits = null) =>
        Update(PdfDocument.Open(original, limits), content);

    /// <inheritdoc cref="Update(Stream, SecurityStoreContent, PdfLimits?)"/>
    public static byte[] Update(ReadOnlyMemory<byte> original, SecurityStoreContent content, PdfLimits? limits = null) =>
        Update(PdfDocument.Open(original, limits), content);

    /// <summary>What the store of a document holds.</summary>
    public static SecurityStoreContent Read(PdfDocument document)
    {
        PdfDictionary? store = document.Get<PdfDictionary>(document.Catalog, "DSS");
        IReadOnlyList<ReadOnlyMemory<byte>> Values(string key) =>
            store is null ? [] : [.. Streams(document, store, key).Select(stream => new ReadOnlyMemory<byte>(stream.Data))];
        return new SecurityStoreContent
        {
            Certificates = Values("Certs"),
            OcspResponses = Values("OCSPs"),
            RevocationLists = Values("CRLs"),
        };
    }

    internal static void Write(PdfDocument document, IncrementalUpdate update, SecurityStoreContent content)
    {
        PdfObject? at = document.Catalog["DSS"];
        PdfDictionary store = document.Resolve(at) as PdfDictionary ?? new PdfDictionary().Set("Type", new PdfName("DSS"));
        var certificates = new Shelf(document, update, store, "Certs");
        var responses = new Shelf(document, update, store, "OCSPs");
        var lists = new Shelf(document, update, store, "CRLs");
        certificates.AddAll(content.Certificates);
        responses.AddAll(content.OcspResponses);
        lists.AddAll(content.RevocationLists);
        PdfDictionary vri = document.Get<PdfDictionary>(store, "VRI") ?? new PdfDictionary();
        foreach (SignatureValidationData signature in content.PerSignature)
        {
            PdfDictionary entry = new PdfDictionary().Set("Type", new PdfName("VRI"));
            SetIfAny(entry, "Cert", certificates.AddAll(signature.Certificates));
            SetIfAny(entry, "OCSP", responses.AddAll(signature.OcspResponses));
            SetIfAny(entry, "CRL", lists.AddAll(signature.RevocationLists));
            if (signature.Time is { } time)
            {
                entry.Set("TU", PdfString.Date(time));
            }
            // Table 260: the key is the SHA-1 of the signature, in upper-case hexadecimal. It is a name, no protection.
            vri = vri.With(Convert.ToHexString(SHA1.HashData(signature.Contents.Span)), update.Add(entry));
        }
        store = certificates.Apply(lists.Apply(responses.Apply(store)));
        if (vri.Count > 0)
        {
            store = store.With("VRI", vri);
        }
        if (at is PdfReference reference && document.Resolve(reference) is PdfDictionary)
        {
            update.Replace(reference, store);
        }
        else
        {
            update.SetInCatalog("DSS", update.Add(store));
        }
    }

    private static byte[] Update(PdfDocument document, SecurityStoreContent content)
    {
        if (document.IsEncrypted)
        {
            throw new PdfRefusedException(PdfRefusal.Encrypted, "the document is encrypted");
        }
        var update = new IncrementalUpdate(document);
        Write(document, update, content);
        return update.Write();
    }

    private static void SetIfAny(PdfDictionary entry, string key, List<PdfObject> references)
    {
        if (references.Count > 0)
        {
            entry.Set(key, new PdfArray([.. references]));
        }
    }

    private static IEnumerable<(PdfReference Reference, byte[] Data)> Streams(PdfDocument document, PdfDictionary store, string key)
    {
        foreach (PdfObject item in document.Get<PdfArray>(store, key) ?? [])
        {
            if (item is PdfReference reference && document.Resolve(reference) is PdfStream stream)
            {
                yield return (reference, document.Decode(stream));
            }
        }
    }

    /// <summary>One of the store's arrays, each value in it once.</summary>
    private sealed class Shelf
    {
        private readonly Dictionary<string, PdfReference> _known = [];
        private readonly List<PdfObject> _items;
        private readonly IncrementalUpdate _update;
        private readonly string _key;
        private readonly int _before;

        public Shelf(PdfDocument document, IncrementalUpdate update, PdfDictionary store, string key)
        {
            (_update, _key) = (update, key);
            _items = [.. document.Get<PdfArray>(store, key) ?? []];
            _before = _items.Count;
            foreach ((PdfReference reference, byte[] data) in Streams(document, store, key))
            {
                _known.TryAdd(Convert.ToHexString(SHA256.HashData(data)), reference);
            }
        }

        public List<PdfObject> AddAll(IReadOnlyList<ReadOnlyMemory<byte>> values)
        {
            var references = new List<PdfObject>(values.Count);
            foreach (ReadOnlyMemory<byte> value in values)
            {
                string digest = Convert.ToHexString(SHA256.HashData(value.Span));
                if (!_known.TryGetValue(digest, out PdfReference? reference))
                {
                    byte[] data = Flate.Encode(value.Span);
                    reference = _update.Add(new PdfStream(new PdfDictionary().Set("Filter", new PdfName("FlateDecode")), data));
                    _known.Add(digest, reference);
                    _items.Add(reference);
                }
                references.Add(reference);
            }
            return references;
        }

        public PdfDictionary Apply(PdfDictionary store) => _items.Count == _before ? store : store.With(_key, new PdfArray([.. _items]));
    }
}
