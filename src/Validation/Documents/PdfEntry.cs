using EContract.Pdf.Reading;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Collection;
using EContract.Validation.Conclusions;

namespace EContract.Validation.Documents;

/// <summary>A signature or document time-stamp of a PDF with its CMS read, or why that can't be.</summary>
internal sealed record PdfEntry(EmbeddedSignature Embedded, ContentDigests Covered, Conclusion Format)
{
    private const string Clause = "ISO 32000-2 §12.8.3";

    public string Id { get; init; } = "";

    /// <summary>An earlier revision has it, the newest has not.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Null for a document time-stamp and for what can't be read.</summary>
    public SignatureObject? Signature { get; init; }

    /// <summary>The signature, if its byte range is sound.</summary>
    public SignatureObject? SoundSignature => Embedded.Coverage == SignatureCoverage.Unsound ? null : Signature;

    /// <summary>Null for a signature and for what can't be read.</summary>
    public TimeStampToken? Token { get; init; }

    /// <summary>What its CMS carries; null for what can't be read.</summary>
    public CmsMaterial? Material { get; private init; }

    /// <summary>Where the covered bytes end; behind everything where that is unknown.</summary>
    public long End => Embedded.ByteRange?.End ?? long.MaxValue;

    public static PdfEntry Read(EmbeddedSignature embedded, SignatureReader reader)
    {
        var covered = new ContentDigests(consumer => reader.ReadCovered(embedded, consumer));
        var entry = new PdfEntry(embedded, covered, Conclusion.Passed);
        if (embedded.Cms.IsEmpty)
        {
            return entry with { Format = Failed("/Contents holds no DER or BER value") };
        }

        try
        {
            var read = embedded.SubFilter switch
            {
                "ETSI.RFC3161" => entry with { Token = TimeStampToken.Decode(embedded.Cms) },
                "ETSI.CAdES.detached" or "adbe.pkcs7.detached" => ReadDetached(entry),
                "adbe.pkcs7.sha1" => ReadSha1(entry),
                var other => entry with { Format = Failed($"the /SubFilter {other ?? "(none)"} is none that is known here") },
            };
            return (read.Signature?.SignedData ?? read.Token?.SignedData) is { } signedData
                ? read with
                {
                    Material = CmsMaterial.Of(signedData),
                }
                : read;
        }
        catch (MalformedException e)
        {
            return entry with { Format = FormatChecking.Failure(e) };
        }
    }

    private static PdfEntry ReadDetached(PdfEntry entry)
    {
        var signedData = SignedData.Decode(entry.Embedded.Cms);
        // A signature over content of its own would verify whatever the document says.
        if (signedData.Content is not null)
        {
            return entry with { Format = Failed("a detached signature encapsulates content") };
        }

        return signedData.SignerInfos is [var signer]
            ? entry with
            {
                Signature = FormatChecking.Read(signedData, signer, entry.Covered),
            }
            : entry with
            {
                Format = Failed("the SignedData has not exactly one SignerInfo"),
            };
    }

    // ISO 32000-1 Table 257: the content is the SHA-1 digest of the covered bytes. Deprecated, met in old documents only.
    private static PdfEntry ReadSha1(PdfEntry entry)
    {
        var signedData = SignedData.Decode(entry.Embedded.Cms);
        if (signedData is not { Content: { } content, SignerInfos: [var signer] })
        {
            return entry with { Format = Failed("the SignedData has no content or not exactly one SignerInfo") };
        }

        var same =
            entry.Embedded.Coverage != SignatureCoverage.Unsound
            && entry.Covered.Compute(System.Security.Cryptography.HashAlgorithmName.SHA1) is { } digest
            && content.Span.SequenceEqual(digest.Span);
        return same
            ? entry with
            {
                Signature = FormatChecking.Read(signedData, signer, ContentDigests.Of(content)),
            }
            : entry with
            {
                Format = Conclusion.Failed(
                    SubIndication.HashFailure,
                    FindingCode.DigestMismatch,
                    Clause,
                    "the SHA-1 digest of the covered bytes is not the one that was signed"
                ),
            };
    }

    private static Conclusion Failed(string detail) =>
        Conclusion.Failed(SubIndication.FormatFailure, FindingCode.Malformed, Clause, detail);
}
