using EContract.Pdf;
using EContract.Proto.Signer.V1;
using Google.Protobuf;

namespace EContract.Client;

/// <summary>A PDF that waits here for its signature. Can be stored between begin and complete.</summary>
public sealed class LocalPdf
{
    private readonly PreparedPdf _prepared;

    private LocalPdf(PreparedPdf prepared, SignatureItem item)
    {
        _prepared = prepared;
        Item = item;
    }

    /// <summary>Room for the CMS of an RSA-4096 signature with its chain and a time-stamp: what is not used is filled with zeros.</summary>
    public const int DefaultContentsSize = 16 * 1024;

    /// <summary>What goes to the Signer: a name and a digest.</summary>
    public SignatureItem Item { get; }

    public string FieldName => _prepared.FieldName;

    /// <exception cref="MalformedException">The document is no readable PDF.</exception>
    /// <exception cref="PdfRefusedException">It can't be signed as asked.</exception>
    public static LocalPdf Prepare(LocalPdfOrder order, CancellationToken cancellationToken = default)
    {
        var prepared = PdfSigning.Prepare(order.Document, order.Request, cancellationToken);
        var digest = new DigestSignature
        {
            Name = order.Name,
            DigestAlgorithm = prepared.DigestAlgorithm.Name,
            Digest = ByteString.CopyFrom(prepared.Digest.Span),
            Format = Proto.Signer.V1.SignatureFormat.PadesCms,
            Level = order.Level,
            Role = order.Role,
        };
        return new LocalPdf(prepared, new SignatureItem { Digest = digest });
    }

    /// <summary>Writes the signed document.</summary>
    /// <param name="original">The document that was prepared; refused if it has changed.</param>
    /// <param name="signed">The item of the Signer's answer.</param>
    public async Task WriteSignedAsync(Stream original, SignedItem signed, Stream output, CancellationToken cancellationToken = default)
    {
        original.Position = 0;
        await PdfSigning.CompleteAsync(original, _prepared, signed.Signature.Memory, output, cancellationToken);
    }
}
