using System.Security.Cryptography;
using System.Text;
using EContract.Pdf.Forms;
using EContract.Pdf.Syntax;

namespace EContract.Pdf;

/// <summary>
/// Signing in two halves, so that it can pause for as long as the signer needs: <see cref="Prepare(Stream, SignatureRequest, CancellationToken)"/>
/// gives the digest to be signed and the update to append, <see cref="CompleteAsync"/> writes the signed document. Neither holds more of the document
/// in memory than a window of it.
/// </summary>
public static class PdfSigning
{
    private const int CopyBuffer = 128 * 1024;

    /// <summary>Prepares a signature on a document in a seekable stream, from its first byte; the stream's position is changed.</summary>
    /// <exception cref="MalformedException">the document is no readable PDF</exception>
    /// <exception cref="PdfRefusedException">it can't be signed as asked</exception>
    public static PreparedPdf Prepare(Stream original, SignatureRequest request, CancellationToken cancellationToken = default)
    {
        (byte[] update, ByteRange range, string field) = Build(PdfDocument.Open(original, request.Limits), request);
        using var hash = IncrementalHash.CreateHash(request.DigestAlgorithm);
        Span<byte> buffer = new byte[CopyBuffer];
        original.Position = 0;
        for (int read; (read = original.Read(buffer)) > 0; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer[..read]);
        }
        return Finish(update, range, field, original.Length, request, hash);
    }

    /// <summary>Prepares a signature on a document in memory.</summary>
    /// <inheritdoc cref="Prepare(Stream, SignatureRequest, CancellationToken)"/>
    public static PreparedPdf Prepare(ReadOnlyMemory<byte> original, SignatureRequest request)
    {
        (byte[] update, ByteRange range, string field) = Build(PdfDocument.Open(original, request.Limits), request);
        using var hash = IncrementalHash.CreateHash(request.DigestAlgorithm);
        hash.AppendData(original.Span);
        return Finish(update, range, field, original.Length, request, hash);
    }

    /// <summary>Writes the signed document: the original from its first byte, then the update with the signature in its place.</summary>
    /// <param name="original">the very document that was prepared; refused with <see cref="PdfRefusal.OriginalChanged"/> if it isn't, before the end is written</param>
    /// <param name="prepared">what <see cref="Prepare(Stream, SignatureRequest, CancellationToken)"/> gave, maybe by way of <see cref="PreparedPdf.Serialize"/></param>
    /// <param name="signature">DER of the CMS signature or time-stamp token</param>
    /// <param name="output">gets the signed document</param>
    /// <param name="cancellationToken">stops between blocks</param>
    public static async Task CompleteAsync(
        Stream original,
        PreparedPdf prepared,
        ReadOnlyMemory<byte> signature,
        Stream output,
        CancellationToken cancellationToken = default
    )
    {
        byte[] update = prepared.Fill(signature.Span);
        using var hash = IncrementalHash.CreateHash(prepared.DigestAlgorithm);
        byte[] buffer = new byte[CopyBuffer];
        long left = prepared.OriginalLength;
        while (left > 0)
        {
            int read = await original.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, CopyBuffer)), cancellationToken);
            if (read == 0)
            {
                break;
            }
            hash.AppendData(buffer, 0, read);
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }
        prepared.VerifyOriginal(hash, complete: left == 0 && await original.ReadAsync(buffer.AsMemory(0, 1), cancellationToken) == 0);
        await output.WriteAsync(update, cancellationToken);
    }

    /// <summary>The signed document in memory. The original is trusted to be the one that was prepared: the caller has held it all the while.</summary>
    public static byte[] Complete(ReadOnlyMemory<byte> original, PreparedPdf prepared, ReadOnlySpan<byte> signature)
    {
        if (original.Length != prepared.OriginalLength)
        {
            throw new PdfRefusedException(PdfRefusal.OriginalChanged, $"{original.Length} bytes, prepared were {prepared.OriginalLength}");
        }
        byte[] update = prepared.Fill(signature);
        byte[] signed = GC.AllocateUninitializedArray<byte>(original.Length + update.Length);
        original.Span.CopyTo(signed);
        update.CopyTo(signed, original.Length);
        return signed;
    }

    private static (byte[] Update, ByteRange Range, string Field) Build(PdfDocument document, SignatureRequest request)
    {
        RefuseUnsignable(document);
        var fields = new FieldTree(document);
        string subFilter = SignatureDictionary.SubFilter(request.Format);
        FormField? existing = request.FieldName is { } wanted ? fields.Find(wanted) : null;
        if (existing is not null)
        {
            AdmitExisting(document, existing, request, subFilter);
        }
        else if (request.FieldName is { } name && fields.Fields.Any(f => f.Name.StartsWith(name + ".", StringComparison.Ordinal)))
        {
            throw new PdfRefusedException(PdfRefusal.NotASignatureField, $"{name} is the parent of other fields");
        }
        new EarlierSignatures(document, fields).Admit(request, existing?.Name);

        var update = new IncrementalUpdate(document);
        PdfPlaceholder contents = PdfPlaceholder.Contents(request.ContentsSize);
        PdfPlaceholder byteRange = PdfPlaceholder.ByteRange();
        FieldLock? locked = existing is null
            ? request.Lock
            : FieldLock.From(document.Get<PdfDictionary>(existing.Dictionary, "Lock"), document);
        PdfReference signature = update.Add(SignatureDictionary.Write(request, document.CatalogReference, locked, contents, byteRange));
        var writer = new SignatureFieldWriter(document, update, fields);
        string field =
            existing?.Name
            ?? request.FieldName
            ?? writer.FreshName(request.Format == SignatureFormat.DocumentTimeStamp ? "TimeStamp" : "Signature");
        if (existing is not null)
        {
            writer.Fill(existing, signature, request);
        }
        else
        {
            writer.Create(field, signature, request);
        }
        if (request.Certification != CertificationLevel.None)
        {
            PdfDictionary perms = document.Get<PdfDictionary>(document.Catalog, "Perms") ?? new PdfDictionary();
            update.SetInCatalog("Perms", perms.With("DocMDP", signature));
        }
        if (request.SecurityStore is { } validationData)
        {
            SecurityStore.Write(document, update, validationData);
        }

        byte[] bytes = update.Write();
        var range = new ByteRange(
            0,
            document.Length + contents.Offset,
            document.Length + contents.Offset + contents.Length,
            document.Length + bytes.Length
        );
        Encoding.ASCII.GetBytes(range.ToPdf().PadRight(byteRange.Length)).CopyTo(bytes.AsSpan(byteRange.Offset));
        return (bytes, range, field);
    }

    private static void RefuseUnsignable(PdfDocument document)
    {
        if (document.IsEncrypted)
        {
            throw new PdfRefusedException(PdfRefusal.Encrypted, "the document is encrypted; remove its protection before it is signed");
        }
        if (document.Get<PdfBoolean>(document.Catalog, "NeedsRendering") is { Value: true })
        {
            throw new PdfRefusedException(
                PdfRefusal.DynamicForm,
                "the pages are generated from a dynamic XFA form and are not in the document"
            );
        }
    }

    private static void AdmitExisting(PdfDocument document, FormField field, SignatureRequest request, string subFilter)
    {
        if (!field.IsSignature)
        {
            throw new PdfRefusedException(PdfRefusal.NotASignatureField, $"field {field.Name} is of type {field.Type ?? "?"}");
        }
        if (document.Resolve(field.Value) is not null)
        {
            throw new PdfRefusedException(PdfRefusal.FieldAlreadySigned, $"field {field.Name} is signed");
        }
        SeedValue.Admit(document, field.Dictionary, request, subFilter);
    }

    private static PreparedPdf Finish(
        byte[] update,
        ByteRange range,
        string field,
        long originalLength,
        SignatureRequest request,
        IncrementalHash hash
    )
    {
        byte[] originalDigest = hash.GetCurrentHash();
        int gap = (int)(range.GapStart - originalLength);
        hash.AppendData(update, 0, gap);
        int behind = (int)(range.GapEnd - originalLength);
        hash.AppendData(update, behind, update.Length - behind);
        return new PreparedPdf(field, request.DigestAlgorithm, hash.GetHashAndReset(), range, originalLength, originalDigest, update);
    }
}
