using System.Text.RegularExpressions;
using EContract.Pdf.Reading;
using EContract.TestKit;
using Xunit;

namespace EContract.Pdf.Tests.Reading;

/// <summary>
/// What each signature of shared/corpus/signed covers and what was changed after it, beside what an independent tool observed (pyHanko, in the manifest).
/// Where we differ, the table says what we say and why.
/// </summary>
public sealed partial class SignedCorpusTests
{
    private static readonly Dictionary<string, string> Differences = new()
    {
        // Only validation data and time-stamps were added; the observer can't follow stores that were written anew, or whose old objects are gone.
        ["dss__DSS-2199.pdf"] = "S Revision ValidationData, D Revision ValidationData",
        ["dss__pades-ltv.pdf"] = "S Revision ValidationData, D Revision ValidationData, D File None",
        ["dss__pades-ltv-with-reason.pdf"] = "S Revision ValidationData, D Revision ValidationData, D File None",
        ["dss__timestamped-fields.pdf"] = "D Revision ValidationData, D File None",
        ["dss__Signature-P-HU_POL-7.pdf"] = "S Revision FormFilling, D Revision FormFilling, S Revision ValidationData, D File None",
        // The time-stamp's dictionary is of /Type /Sig instead of /DocTimeStamp; whether it is one is for the validation of its token.
        ["dss__pades-tst-with-sig-type.pdf"] = "S Revision FormFilling, D File None",
        ["dss__Signature-P-SK-6.pdf"] = "S Revision FormFilling, D Revision FormFilling, S File None",
        // The trailer's /AdditionalStreams names an object number that a later update uses for something else; the observer agrees for the time-stamp only.
        ["dss__pades-lt-extended-abde.pdf"] = "S Revision Other, D Revision Other, S File None",
        // The trailer refers to the appearance, too, but what it refers to wasn't changed: the field got another appearance.
        ["pyhanko__form-update-ap-indirect-sneaky-trailer.pdf"] = "S Revision FormFilling, S File None",
        // Two signatures; the update of the second also put /ITXT into the page tree, which no rule knows. The observer lists the second only.
        ["dss__pkcs7_sha1.pdf"] = "S Revision Other, S File None",
        // Contents that are no CMS at all: the observer stops there, the coverage can be told nevertheless.
        ["dss__pdf-with-empty-sig.pdf"] = "S File None",
        ["dss__pdf-with-two-empty-sigs.pdf"] = "S Revision FormFilling, S File None",
        ["pyhanko__signed-encrypted-pubkey-with-catalog-ref.pdf"] = "S File None",
        ["pyhanko_cov__signature-gap-too-big.pdf"] = "S Unsound -",
        // Unreadable for the observer, too, but for other reasons.
        ["dss__malformed-pades.pdf"] = "ISO 32000-2 §7.5.2",
        ["dss__pades_infinite_loop.pdf"] = "Damaged",
        ["dss__pades_opposite_infinite_loop.pdf"] = "Damaged",
        // /Prev 0: whoever takes it as "no more" sees one of six signatures.
        ["dss__pades-5-signatures-and-1-document-timestamp.pdf"] = "Damaged",
    };

    public static TheoryData<string, string> Observed()
    {
        var data = new TheoryData<string, string>();
        foreach (string[] line in File.ReadLines(Corpus.PathOf("manifest.tsv")).Skip(1).Select(l => l.Split('\t')))
        {
            if (line[0].StartsWith("signed/", StringComparison.Ordinal))
            {
                data.Add(line[0]["signed/".Length..], line[4]);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Observed))]
    public void Coverage_and_changes_are_as_observed_or_the_table_says_why(string name, string observed)
    {
        string ours = Ours(Corpus.Read($"signed/{name}"));
        if (Differences.TryGetValue(name, out string? expected))
        {
            Assert.Equal(expected, ours);
        }
        else
        {
            // The observer counts the field of a document time-stamp as form filling, we count it as validation data.
            string theirs = Theirs(observed);
            Assert.True(
                ours == theirs || ours == theirs.Replace("Revision FormFilling", "Revision ValidationData", StringComparison.Ordinal),
                $"{ours}\n{theirs}"
            );
        }
    }

    private static string Ours(byte[] document)
    {
        try
        {
            var reader = new SignatureReader(PdfDocument.Open(document));
            return string.Join(", ", reader.Signatures.Select(s => $"{(s.IsTimeStamp ? 'D' : 'S')} {s.Coverage} {Level(reader, s)}"));
        }
        catch (MalformedException e)
        {
            return e.Clause;
        }
        catch (PdfRefusedException e)
        {
            return e.Reason.ToString();
        }
    }

    private static string Level(SignatureReader reader, EmbeddedSignature signature) =>
        signature.Revision is null ? "-" : reader.ChangesAfter(signature).Select(c => c.Level).DefaultIfEmpty().Max().ToString();

    private static string Theirs(string observed) =>
        string.Join(
            ", ",
            Verdict()
                .Matches(observed)
                .Select(m =>
                {
                    string coverage = m.Groups[2].Value switch
                    {
                        "ENTIRE_FILE" => "File",
                        "ENTIRE_REVISION" => "Revision",
                        "CONTIGUOUS_BLOCK_FROM_START" => "Partial",
                        _ => "Unsound",
                    };
                    string level = m.Groups[3].Value switch
                    {
                        "NONE" => "None",
                        "LTA_UPDATES" => "ValidationData",
                        "FORM_FILLING" => "FormFilling",
                        "ANNOTATIONS" => "Annotating",
                        _ => "Other",
                    };
                    return $"{m.Groups[1].Value} {coverage} {(coverage is "Partial" or "Unsound" ? "-" : level)}";
                })
        );

    [GeneratedRegex(@"([SD])\[[^,\]]*,[^,\]]*,([^,\]]*),([^,\]]*)")]
    private static partial Regex Verdict();
}
