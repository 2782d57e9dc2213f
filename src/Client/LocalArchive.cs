using System.Security.Cryptography;
using EContract.Pdf;
using EContract.Pdf.Reading;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Proto.Archive.V1;
using Google.Protobuf;

namespace EContract.Client;

/// <summary>
/// Renews PDFs that stay where they are: signatures and digests go to the service, validation data and a token come back, and the new
/// revision is written here.
/// </summary>
public sealed class LocalArchive(ArchiveJobs archive)
{
    /// <param name="document">Seekable, the whole document; not held in memory.</param>
    /// <param name="output">Gets the renewed document.</param>
    /// <param name="preserveEvidence">Goes on though the document does not validate or data are missing.</param>
    /// <returns>Until when the document is protected now.</returns>
    /// <exception cref="RefusedException">EVIDENCE_BROKEN, REVOCATION_SOURCE_UNAVAILABLE and others.</exception>
    /// <exception cref="Pdf.MalformedException">The document is no readable PDF.</exception>
    public async Task<TrustDeadline> RestampAsync(
        Stream document,
        Stream output,
        bool preserveEvidence = false,
        CancellationToken cancellationToken = default
    )
    {
        document.Position = 0;
        var pdf = PdfDocument.Open(document);
        var request = new GatherValidationDataRequest { PreserveEvidence = preserveEvidence };
        var reader = new SignatureReader(pdf);
        foreach (var signature in reader.Signatures)
        {
            request.Signatures.Add(MaterialOf(reader, signature, cancellationToken));
        }

        var store = SecurityStore.Read(pdf);
        request.Certificates.AddRange(store.Certificates.Select(Copy));
        request.OcspResponses.AddRange(store.OcspResponses.Select(Copy));
        request.Crls.AddRange(store.RevocationLists.Select(Copy));
        var data = await RefusedException.TranslateAsync(() =>
            archive.Service.GatherValidationDataAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        var hash = new HashAlgorithmName(data.DigestAlgorithm);
        var prepared = PdfSigning.Prepare(
            document,
            new SignatureRequest
            {
                Format = SignatureFormat.DocumentTimeStamp,
                ContentsSize = data.TokenSize,
                DigestAlgorithm = hash,
                SecurityStore = new SecurityStoreContent
                {
                    Certificates = [.. data.Certificates.Select(c => c.Memory)],
                    OcspResponses = [.. data.OcspResponses.Select(o => o.Memory)],
                    RevocationLists = [.. data.Crls.Select(c => c.Memory)],
                },
            },
            cancellationToken
        );
        var stamp = new StampDigestRequest { DigestAlgorithm = hash.Name, Digest = Copy(prepared.Digest) };
        var token = await RefusedException.TranslateAsync(() =>
            archive.Service.StampDigestAsync(stamp, cancellationToken: cancellationToken).ResponseAsync
        );
        document.Position = 0;
        await PdfSigning.CompleteAsync(document, prepared, token.Token.Memory, output, cancellationToken);
        return token.Deadline;
    }

    private static SignatureMaterial MaterialOf(SignatureReader reader, EmbeddedSignature signature, CancellationToken cancellationToken)
    {
        var oid = signature.IsTimeStamp
            ? TimeStampToken.Decode(signature.Cms).TstInfo.MessageImprint.HashAlgorithm.Oid
            : SignedData.Decode(signature.Cms).SignerInfos[0].DigestAlgorithm.Oid;
        var hash = HashAlgorithms.FromOid(oid) ?? throw new InvalidDataException($"{signature.FieldName}: hash {oid} is not known.");
        using var digest = IncrementalHash.CreateHash(hash);
        reader.ReadCovered(signature, digest.AppendData, cancellationToken);
        return new SignatureMaterial
        {
            Cms = Copy(signature.Cms),
            DigestAlgorithm = hash.Name,
            Digest = ByteString.CopyFrom(digest.GetHashAndReset()),
        };
    }

    private static ByteString Copy(ReadOnlyMemory<byte> bytes) => ByteString.CopyFrom(bytes.Span);
}
