using System.Text;
using System.Text.RegularExpressions;
using EContract.Pdf.Reading;
using Xunit;

namespace EContract.Pdf.Tests.Reading;

/// <summary>Attacks on signed documents by appended updates: each is found and named (hide, replace, overlay, form, annotation).</summary>
public sealed class RevisionComparisonTests
{
    private static readonly byte[] Signed = TestSigner.Sign(
        TestPdf.Classic(
            "/AcroForm<</Fields[4 0 R 6 0 R]>>",
            "/Annots[4 0 R 6 0 R 7 0 R]/Contents 5 0 R",
            more:
            [
                "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(100)/F 4/P 3 0 R/Rect[50 50 250 110]/AP<</N 8 0 R>>>>",
                "<</Length 4>>stream\nq Q \nendstream",
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(empty)/F 4/P 3 0 R/Rect[50 250 250 310]>>",
                "<</Type/Annot/Subtype/Text/Contents(note)/Rect[1 1 20 20]>>",
                "<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 4>>stream\nq Q \nendstream",
            ]
        ),
        TestSigner.Request with
        {
            FieldName = "Signature9",
        }
    );

    [Theory]
    // Replace what the page shows, or the page.
    [InlineData("5 0 obj<</Length 4>>stream\nQ q \nendstream endobj", ModificationLevel.Other, "Contents")]
    [InlineData("3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R>>endobj", ModificationLevel.Other, "Annots")]
    [InlineData("2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1/Rotate 90>>endobj", ModificationLevel.Other, "Rotate")]
    [InlineData("2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>endobj", ModificationLevel.Other, "Pages")]
    // Hide behind the catalog: optional content, actions.
    [InlineData(
        "1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 6 0 R 11 0 R]/SigFlags 3>>/OpenAction<</S/JavaScript/JS(x)>>>>endobj",
        ModificationLevel.Other,
        "OpenAction"
    )]
    // Forms: a value is filling, a new kind of field or another place isn't.
    [InlineData(
        "4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(900)/F 4/P 3 0 R/Rect[50 50 250 110]/AP<</N 8 0 R>>>>endobj",
        ModificationLevel.FormFilling,
        "amount"
    )]
    [InlineData(
        "8 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 4>>stream\nQ q \nendstream endobj",
        ModificationLevel.FormFilling,
        "amount"
    )]
    [InlineData(
        "4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(100)/F 4/P 3 0 R/Rect[0 0 595 842]/AP<</N 8 0 R>>>>endobj",
        ModificationLevel.Other,
        "Rect"
    )]
    [InlineData(
        "4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(sum)/V(100)/F 4/P 3 0 R/Rect[50 50 250 110]/AP<</N 8 0 R>>>>endobj",
        ModificationLevel.Other,
        "sum"
    )]
    // Annotations are annotating, whatever they cover.
    [InlineData("7 0 obj<</Type/Annot/Subtype/FreeText/Contents(forged)/Rect[0 0 595 842]>>endobj", ModificationLevel.Annotating, "Annots")]
    [InlineData("7 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/Contents(forged)/Rect[0 0 595 842]>>endobj", ModificationLevel.Other, "Annots")]
    // Disguises: what becomes an annotation or a signature field now is still what it was to the page.
    [InlineData(
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Annots[4 0 R 6 0 R 7 0 R 11 0 R 5 0 R]>>endobj\n5 0 obj<</Length 4>>stream\nQ q \nendstream endobj",
        ModificationLevel.Other,
        "Contents"
    )]
    [InlineData(
        "1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R 6 0 R 11 0 R 8 0 R]>>>>endobj\n8 0 obj<</FT/Sig/T(x)/V 9 0 R>>endobj",
        ModificationLevel.Other,
        "turned into"
    )]
    [InlineData(
        "1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R 6 0 R 11 0 R 7 0 R]>>>>endobj\n7 0 obj<</Subtype/Widget/FT/Sig/T(x)/Rect[0 0 99 99]>>endobj",
        ModificationLevel.Other,
        "turned into"
    )]
    public void Is_found(string update, ModificationLevel level, string where)
    {
        IReadOnlyList<RevisionChange> changes = Changes(update);
        RevisionChange worst = changes.MaxBy(c => c.Level)!;
        Assert.Equal(level, worst.Level);
        Assert.Contains(changes, c => c.Level == level && (c.Path + c.Description).Contains(where, StringComparison.Ordinal));
    }

    [Fact]
    public void An_update_of_nothing_changes_nothing() => Assert.Empty(Changes("99 0 obj<</Nobody/Refers/To/Me null>>endobj"));

    [Fact]
    public void What_a_later_update_takes_back_is_still_reported()
    {
        string replaced = Append(Signed, "5 0 obj<</Length 4>>stream\nQ q \nendstream endobj");
        byte[] restored = Encoding.Latin1.GetBytes(
            Append(Encoding.Latin1.GetBytes(replaced), "5 0 obj<</Length 4>>stream\nq Q \nendstream endobj")
        );
        var reader = new SignatureReader(PdfDocument.Open(restored));
        Assert.Contains(reader.ChangesAfter(reader.Signatures[0]), c => c.Level == ModificationLevel.Other);
    }

    [Fact]
    public void Our_own_later_signatures_time_stamps_and_stores_are_told_apart()
    {
        byte[] approved = TestSigner.Sign(Signed, TestSigner.Request with { FieldName = "empty" });
        byte[] stored =
        [
            .. approved,
            .. SecurityStore.Update(approved, new SecurityStoreContent { Certificates = [new byte[] { 0x30, 0 }] }),
        ];
        byte[] stamped = TestSigner.Sign(stored, new SignatureRequest { Format = SignatureFormat.DocumentTimeStamp, ContentsSize = 4096 });
        var reader = new SignatureReader(PdfDocument.Open(stamped));
        Assert.Equal(["Signature9", "empty", "TimeStamp1"], reader.Signatures.Select(s => s.FieldName));
        Assert.Equal(
            [ModificationLevel.FormFilling, ModificationLevel.ValidationData, ModificationLevel.None],
            reader.Signatures.Select(s => reader.ChangesAfter(s).Select(c => c.Level).DefaultIfEmpty().Max())
        );
        Assert.Contains(reader.ChangesAfter(reader.Signatures[0]), c => c.Field == "empty");
    }

    private static IReadOnlyList<RevisionChange> Changes(string update)
    {
        var reader = new SignatureReader(PdfDocument.Open(Encoding.Latin1.GetBytes(Append(Signed, update))));
        Assert.Equal(SignatureCoverage.Revision, reader.Signatures[0].Coverage);
        return reader.ChangesAfter(reader.Signatures[0]);
    }

    private static string Append(byte[] document, string update)
    {
        PdfDocument before = PdfDocument.Open(document);
        string text = Encoding.Latin1.GetString(document);
        int start = text.Length + update.Length + 1;
        string entries = string.Concat(
            Regex.Matches(update, @"(\d+) 0 obj").Select(m => $"{m.Groups[1].Value} 1\n{text.Length + m.Index:D10} 00000 n \n")
        );
        return $"{text}{update}\nxref\n{entries}trailer\n<</Size 100/Root 1 0 R/Prev {before.Sections[0].Offset}>>\nstartxref\n{start}\n%%EOF\n";
    }
}
